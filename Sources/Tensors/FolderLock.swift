import Foundation

/// The right to write to a folder, which one process at a time has: a lock on the file `.pinpoint.lock` in it.
///
/// The kernel frees the lock with the process, however it ends. The file that a killed process left says nothing then: whether the folder is
/// in use is decided by the lock, not by the file.
public final class FolderLock {
    /// The folder.
    public let folder: URL
    private let descriptor: Int32
    private let file: URL
    /// The folders that did not exist before, innermost first.
    private let created: [URL]
    private var isHeld = true

    static let fileName = ".pinpoint.lock"

    /// Locks a folder, and creates it unless it exists.
    ///
    /// - Throws: ``FolderLockError`` when another process has it, or when it cannot be written to.
    public init(_ folder: URL) throws(FolderLockError) {
        self.folder = folder
        file = folder.appendingPathComponent(Self.fileName)
        var attempts = 0
        while true {
            let created = try Self.create(folder)
            do throws(LostRace) {
                descriptor = try Self.locked(file, in: folder)
                self.created = created
                break
            } catch {
                if let problem = error.problem { throw problem }
                // A process that had the lock has just removed its file, or the folder that it had created.
                attempts += 1
                if attempts == 20 { throw .inUse(folder: folder.relativePath, holder: nil) }
                usleep(10_000)
            }
        }
        let command = CommandLine.arguments.map { $0.contains(" ") ? "'\($0)'" : $0 }.joined(separator: " ")
        Self.write("\(getpid())\n\(Self.host)\n\(command)\n", to: descriptor)
    }

    deinit { release() }

    /// Frees the folder. If it did not exist before and nothing was written to it, it is removed.
    public func release() {
        guard isHeld else { return }
        isHeld = false
        unlink(file.path)
        for folder in created where rmdir(folder.path) != 0 { break }
        close(descriptor)
    }

    /// Another process changed the folder meanwhile; with a problem if trying again is useless.
    private struct LostRace: Error { var problem: FolderLockError? }

    private static func locked(_ file: URL, in folder: URL) throws(LostRace) -> Int32 {
        let descriptor = open(file.path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o644)
        guard descriptor >= 0 else {
            if errno == ENOENT { throw LostRace() }
            throw LostRace(problem: .cannotWrite(folder: folder.relativePath, reason: message(errno)))
        }
        if flock(descriptor, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK {
            let holder = FolderLockError.Holder(text(of: descriptor))
            close(descriptor)
            throw LostRace(problem: .inUse(folder: folder.relativePath, holder: holder))
        }
        // The lock is on an open file, which must still be the one of this name.
        var (ours, theirs) = (stat(), stat())
        guard fstat(descriptor, &ours) == 0, stat(file.path, &theirs) == 0, ours.st_ino == theirs.st_ino,
            ours.st_dev == theirs.st_dev
        else {
            close(descriptor)
            throw LostRace()
        }
        return descriptor
    }

    /// Creates a folder and those around it, and returns those that did not exist, innermost first.
    private static func create(_ folder: URL) throws(FolderLockError) -> [URL] {
        var missing: [URL] = []
        var place = folder.absoluteURL.standardizedFileURL
        var status = stat()
        while lstat(place.path, &status) != 0 && errno == ENOENT && place.pathComponents.count > 1 {
            missing.append(place)
            place = place.deletingLastPathComponent()
        }
        for folder in missing.reversed() where mkdir(folder.path, 0o755) != 0 && errno != EEXIST {
            throw .cannotWrite(folder: folder.relativePath, reason: message(errno))
        }
        if stat(folder.path, &status) != 0 {
            let target = try? FileManager.default.destinationOfSymbolicLink(atPath: folder.path)
            let reason = target.map { "it is a link to \($0), which does not exist" } ?? message(errno)
            throw .cannotWrite(folder: folder.relativePath, reason: reason)
        }
        return missing
    }

    /// The name of this machine.
    private static var host: String {
        var name = [CChar](repeating: 0, count: 256)
        return gethostname(&name, name.count - 1) == 0 ? name.withUnsafeBufferPointer(string) : "localhost"
    }

    private static func string(_ name: UnsafeBufferPointer<CChar>) -> String {
        String(decoding: name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    private static func text(of descriptor: Int32) -> String {
        var bytes = [UInt8](repeating: 0, count: 4096)
        let count = pread(descriptor, &bytes, bytes.count, 0)
        return String(decoding: bytes.prefix(max(0, count)), as: UTF8.self)
    }

    private static func write(_ text: String, to descriptor: Int32) {
        ftruncate(descriptor, 0)
        _ = Array(text.utf8).withUnsafeBytes { pwrite(descriptor, $0.baseAddress, min($0.count, 4096), 0) }
    }

    private static func message(_ code: Int32) -> String { String(cString: strerror(code)).lowercased() }
}

/// A folder that this process may not write to.
public enum FolderLockError: Error, Equatable, CustomStringConvertible {
    /// A process that writes to a folder.
    public struct Holder: Equatable, Sendable {
        /// Its number.
        public let process: String
        /// Its machine.
        public let host: String
        /// The command that started it.
        public let command: String

        init?(_ text: String) {
            let lines = text.split(separator: "\n", maxSplits: 2).map(String.init)
            guard lines.count == 3 else { return nil }
            (process, host) = (lines[0], lines[1])
            command = lines[2].trimmingCharacters(in: .newlines)
        }
    }

    /// Another process writes to it; nil when it has not said yet who it is.
    case inUse(folder: String, holder: Holder?)
    /// The system refuses.
    case cannotWrite(folder: String, reason: String)

    /// A sentence for the terminal.
    public var description: String {
        switch self {
        case .inUse(let folder, let holder?):
            "\(folder) is in use: process \(holder.process) on \(holder.host) is writing to it (\(holder.command)); "
                + "wait until it has finished, or choose another folder"
        case .inUse(let folder, nil): "\(folder) is in use: another process is writing to it"
        case .cannotWrite(let folder, let reason): "the folder \(folder) cannot be written to: \(reason)"
        }
    }
}
