import Foundation

/// Where the content of an output goes, depending on what stands at its path.
package enum FileDestination: Equatable {
    /// A file, new or replaced as a whole. Symbolic links are followed: the path is the one that the last of them leads to.
    case file(path: String)
    /// A device or a named pipe, which is written to: replacing `/dev/null` would take it away from every other program.
    case stream(path: String)
    /// A socket, which is connected to.
    case socket(path: String)
    /// A descriptor that this process has open, as `/dev/stdout`.
    case descriptor(Int32)

    /// As many links as Linux follows.
    private static let longestChain = 40

    /// Looks at what stands at a path.
    ///
    /// - Throws: ``FileWriteError`` for links that lead nowhere but to each other.
    package init(_ url: URL) throws(FileWriteError) {
        var path = url.path
        for _ in 0..<Self.longestChain {
            var status = stat()
            guard lstat(path, &status) == 0 else {
                // There is a file to create; what is wrong with its folder is said when it is created.
                self = .file(path: path)
                return
            }
            if status.st_mode & S_IFMT != S_IFLNK {
                self = Self.standing(status.st_mode, path)
                return
            }
            if let number = Self.ownDescriptor(path) {
                self = .descriptor(number)
                return
            }
            if let mode = Self.throughProcess(path) {
                self = Self.standing(mode, path)
                return
            }
            guard let target = Self.target(of: path) else { throw FileWriteError(url, errno) }
            path = target
        }
        throw FileWriteError(url, ELOOP)
    }

    private static func standing(_ mode: mode_t, _ path: String) -> FileDestination {
        switch mode & S_IFMT {
        case S_IFCHR, S_IFBLK, S_IFIFO: .stream(path: path)
        case S_IFSOCK: .socket(path: path)
        default: .file(path: path)
        }
    }

    /// Returns where a link leads, seen from the link's folder.
    private static func target(of path: String) -> String? {
        var buffer = [CChar](repeating: 0, count: Int(PATH_MAX))
        let count = readlink(path, &buffer, buffer.count)
        guard count > 0 else { return nil }
        let target = String(decoding: buffer.prefix(count).map(UInt8.init(bitPattern:)), as: UTF8.self)
        return target.hasPrefix("/") ? target : parent(of: path) + "/" + target
    }

    /// Returns the number of a link in `/proc/self/fd`.
    private static func ownDescriptor(_ path: String) -> Int32? {
        guard let folder = resolved(parent(of: path)), folder == "/proc/\(getpid())/fd" else { return nil }
        return Int32((path as NSString).lastPathComponent)
    }

    /// Returns what a link of another process in `/proc` leads to; its text need not be a path. nil for ordinary links.
    private static func throughProcess(_ path: String) -> mode_t? {
        guard let folder = resolved(parent(of: path)), folder.hasPrefix("/proc/"), folder.hasSuffix("/fd") else {
            return nil
        }
        var status = stat()
        return stat(path, &status) == 0 && status.st_mode & S_IFMT != S_IFREG ? status.st_mode : nil
    }

    private static func parent(of path: String) -> String {
        let parent = (path as NSString).deletingLastPathComponent
        return parent.isEmpty ? "." : parent
    }

    private static func resolved(_ path: String) -> String? {
        guard let found = realpath(path, nil) else { return nil }
        defer { free(found) }
        return String(cString: found)
    }

    /// Returns the path of the file that is created or replaced, without links, so that two destinations are the same file if it is equal;
    /// nil for streams, which any number of outputs can go to, and where the folder does not exist.
    ///
    /// - Parameter folders: The folders without links, by the paths that lead to them, as found by earlier calls.
    package func filePath(_ folders: inout [String: String?]) -> String? {
        guard case .file(let path) = self, let slash = path.utf8.lastIndex(of: UInt8(ascii: "/")) else { return nil }
        let parent = String(path[..<slash])
        if folders[parent] == nil { folders.updateValue(Self.resolved(parent + "/"), forKey: parent) }
        guard let folder = folders[parent] ?? nil else { return nil }
        return (folder == "/" ? "" : folder) + path[slash...]
    }

    /// Opens a destination that is not a file, for writing.
    ///
    /// - Returns: The descriptor, to be closed; nil for files, which are replaced instead.
    func open(for url: URL) throws(FileWriteError) -> Int32? {
        let descriptor: Int32
        switch self {
        case .file: return nil
        case .stream(let path): descriptor = Foundation.open(path, O_WRONLY | O_NOCTTY | O_CLOEXEC)
        case .descriptor(let number): descriptor = fcntl(number, F_DUPFD_CLOEXEC, 0)
        case .socket(let path): descriptor = Self.connect(path)
        }
        if descriptor < 0 { throw FileWriteError(url, errno) }
        return descriptor
    }

    private static func connect(_ path: String) -> Int32 {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let isFitting = withUnsafeMutableBytes(of: &address.sun_path) { room in
            room.count > path.utf8.count
                && {
                    room.copyBytes(from: path.utf8)
                    return true
                }()
        }
        guard isFitting else {
            errno = ENAMETOOLONG
            return -1
        }
        let descriptor = Foundation.socket(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { return -1 }
        let length = socklen_t(MemoryLayout<sockaddr_un>.size)
        let isConnected = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { Foundation.connect(descriptor, $0, length) == 0 }
        }
        if isConnected { return descriptor }
        let reason = errno
        close(descriptor)
        errno = reason
        return -1
    }
}
