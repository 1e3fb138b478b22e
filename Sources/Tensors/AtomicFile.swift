import Foundation

/// A file that takes its name once it is complete, for content that is not in memory as a whole; see ``writeAtomically``.
///
/// Until ``finish(synchronize:)``, the content is in a temporary file, which goes away with this object.
package final class AtomicFile {
    private let url: URL
    private let destination: FileDestination
    /// The temporary file; nil where the content goes to a stream as it comes.
    private let temporary: URL?
    private var descriptor: Int32
    private var isFinished = false
    /// The temporary file's number in ``TemporaryFiles``.
    private let number: Int?
    /// Text that is still to be written: short pieces are written together.
    private var pending: [UInt8] = []
    private static let pendingSize = 1 << 16

    /// Begins a file.
    ///
    /// - Parameters:
    ///   - mode: The permissions of a new file, before the process's mask.
    ///   - isRewritten: Whether the content does not come in order, or is written by another program: a stream then gets it at the end.
    package init(_ url: URL, mode: mode_t = 0o666, isRewritten: Bool = false) throws(FileWriteError) {
        self.url = url
        let destination = try FileDestination(url)
        self.destination = destination
        switch destination {
        case .file(let path):
            let temporary = temporaryFile(for: URL(fileURLWithPath: path))
            self.temporary = temporary
            number = TemporaryFiles.note(temporary.path)
            do throws(FileWriteError) {
                descriptor = try Self.create(temporary, replacing: path, mode: mode, for: url)
            } catch {
                // No object, so nothing that forgets it later.
                TemporaryFiles.forget(number)
                throw error
            }
        case .stream, .socket, .descriptor:
            if isRewritten {
                let temporary = FileManager.default.temporaryDirectory.appendingPathComponent(
                    temporaryFile(for: url).lastPathComponent)
                self.temporary = temporary
                number = TemporaryFiles.note(temporary.path)
                descriptor = open(temporary.path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
                if descriptor < 0 { throw FileWriteError(url, errno) }
            } else {
                (temporary, number) = (nil, nil)
                descriptor = try destination.open(for: url) ?? -1
            }
        }
    }

    deinit {
        if descriptor >= 0 { close(descriptor) }
        if let temporary, !isFinished { unlink(temporary.path) }
        TemporaryFiles.forget(number)
    }

    /// The file that another program may write to.
    ///
    /// - Precondition: The content is rewritten.
    package var partial: URL {
        guard let temporary else { preconditionFailure("\(url.path) is written as a stream") }
        return temporary
    }

    /// Appends text in UTF-8.
    package func append(text: String) throws(FileWriteError) {
        pending += text.utf8
        if pending.count >= Self.pendingSize { try flush() }
    }

    private func flush() throws(FileWriteError) {
        if pending.isEmpty { return }
        let failure = pending.withUnsafeBytes { writeAll($0, to: descriptor) }
        pending.removeAll(keepingCapacity: true)
        if let failure { throw FileWriteError(url, failure) }
    }

    /// Appends bytes.
    package func append(_ bytes: some ContiguousBytes) throws(FileWriteError) {
        try flush()
        let failure = bytes.withUnsafeBytes { writeAll($0, to: descriptor) }
        if let failure { throw FileWriteError(url, failure) }
    }

    /// Replaces bytes that were written before.
    ///
    /// - Precondition: The content is rewritten.
    package func replace(_ bytes: [UInt8], at offset: Int) throws(FileWriteError) {
        precondition(temporary != nil, "\(url.path) is written as a stream")
        try flush()
        let written = bytes.withUnsafeBytes { pwrite(descriptor, $0.baseAddress, $0.count, off_t(offset)) }
        if written != bytes.count { throw FileWriteError(url, written < 0 ? errno : ENOSPC) }
    }

    /// Gives the file its name, or the content to the stream.
    ///
    /// - Parameter synchronize: Whether to wait until content and name are on disk.
    package func finish(synchronize: Bool = false) throws(FileWriteError) {
        precondition(!isFinished, "\(url.path) is finished twice")
        try flush()
        switch destination {
        case .file(let path):
            guard let temporary else { preconditionFailure("\(path) has no temporary file") }
            if synchronize && fsync(descriptor) != 0 { throw FileWriteError(url, errno) }
            try end()
            guard rename(temporary.path, path) == 0 else { throw FileWriteError(url, errno) }
            isFinished = true
            if synchronize { synchronizeFolder(URL(fileURLWithPath: path).deletingLastPathComponent()) }
        case .stream, .socket, .descriptor:
            if temporary != nil { try deliver() }
            try end()
        }
    }

    /// Closes the file: some file systems report only then that there is no space.
    private func end() throws(FileWriteError) {
        let result = close(descriptor)
        descriptor = -1
        if result != 0 { throw FileWriteError(url, errno) }
    }

    /// Writes the temporary file's content to the stream.
    private func deliver() throws(FileWriteError) {
        guard let stream = try destination.open(for: url) else { return }
        var buffer = [UInt8](repeating: 0, count: 1 << 20)
        var offset = 0
        var failure: Int32?
        while failure == nil {
            let count = pread(descriptor, &buffer, buffer.count, off_t(offset))
            if count == 0 || count < 0 && errno != EINTR {
                failure = count < 0 ? errno : nil
                break
            }
            if count < 0 { continue }
            failure = buffer.withUnsafeBytes { writeAll(UnsafeRawBufferPointer(rebasing: $0[..<count]), to: stream) }
            offset += count
        }
        if close(stream) != 0 && failure == nil { failure = errno }
        if let failure { throw FileWriteError(url, failure) }
    }

    /// Creates a temporary file with the mode and owner of the file that it will replace.
    private static func create(
        _ temporary: URL, replacing path: String, mode: mode_t, for url: URL
    ) throws(FileWriteError) -> Int32 {
        var old = stat()
        let isNew = stat(path, &old) != 0 || old.st_mode & S_IFMT != S_IFREG
        // Nobody may read more of a file than of the one that it replaces, not even while it is being written.
        let descriptor = open(
            temporary.path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, isNew ? mode : 0o600)
        guard descriptor >= 0 else { throw FileWriteError(url, errno) }
        // Tells ``removeAbandonedTemporaryFiles(in:)`` that the file is being written; a file system without locks does not matter.
        flock(descriptor, LOCK_EX | LOCK_NB)
        if isNew { return descriptor }
        var own = stat()
        fstat(descriptor, &own)
        var mode = old.st_mode & 0o777
        // Only root can give a file away; others keep at least its group if they are in it. Failures only change who owns the file.
        if (old.st_uid, old.st_gid) != (own.st_uid, own.st_gid), fchown(descriptor, old.st_uid, old.st_gid) != 0,
            old.st_gid != own.st_gid, fchown(descriptor, uid_t.max, old.st_gid) != 0
        {
            // Another group gets no more than everybody.
            mode = mode & 0o707 | (mode & 0o007) << 3
        }
        fchmod(descriptor, mode)
        return descriptor
    }
}

/// Returns the path under which a file is written until it is complete: hidden, in the same folder, with a name that no other process uses.
package func temporaryFile(for url: URL) -> URL {
    let end = ".\(getpid()).\(UInt32.random(in: 0 ... .max))"
    var name = Substring(url.lastPathComponent)
    while name.utf8.count + end.utf8.count > 254 { name.removeLast() }
    return url.deletingLastPathComponent().appendingPathComponent(".\(name)\(end)")
}

/// The largest number of bytes by which the name of a temporary file exceeds the name of the file.
let temporaryAffixLength = ".".count + 2 * ".4294967295".count

/// - Returns: The system's error number; nil if everything was written.
package func writeAll(_ bytes: UnsafeRawBufferPointer, to descriptor: Int32) -> Int32? {
    var offset = 0
    while offset < bytes.count {
        let written = write(descriptor, bytes.baseAddress?.advanced(by: offset), bytes.count - offset)
        if written < 0 {
            if errno == EINTR { continue }
            return errno
        }
        offset += written
    }
    return nil
}

/// Makes a rename durable, which requires flushing the folder; failures are ignored, since some file systems cannot flush folders.
private func synchronizeFolder(_ folder: URL) {
    let descriptor = open(folder.path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard descriptor >= 0 else { return }
    fsync(descriptor)
    close(descriptor)
}
