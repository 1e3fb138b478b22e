import Foundation

/// A running child process, started without a shell; killed when this object is released.
package final class ChildProgram {
    /// A standard stream of the program.
    package enum File {
        /// Input is empty; output is discarded.
        case nothing
        /// An open file descriptor of this process.
        case descriptor(Int32)
        /// The stream of this process.
        case inherited
    }

    /// A program that could not be started.
    package struct Refusal: Error, Equatable {
        package let reason: String
    }

    private let child: pid_t
    private var status: Int32?

    /// Starts a program.
    ///
    /// - Parameter isApart: Whether Ctrl-C in the terminal, which all programs of a group get, does not reach it.
    /// - Throws: ``Refusal`` with the system's reason.
    package init(
        _ program: URL, _ arguments: [String], input: File = .inherited, output: File = .inherited,
        errors: File = .inherited, isApart: Bool = false
    ) throws(Refusal) {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        for (number, file) in [(STDIN_FILENO, input), (STDOUT_FILENO, output), (STDERR_FILENO, errors)] {
            switch file {
            case .nothing:
                posix_spawn_file_actions_addopen(
                    &actions, number, "/dev/null", number == STDIN_FILENO ? O_RDONLY : O_WRONLY, 0)
            case .descriptor(let descriptor): posix_spawn_file_actions_adddup2(&actions, descriptor, number)
            case .inherited: break
            }
        }
        // The program must end when nobody reads its output, even if this process ignores SIGPIPE.
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var signals = sigset_t()
        sigemptyset(&signals)
        sigaddset(&signals, SIGPIPE)
        posix_spawnattr_setsigdefault(&attributes, &signals)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGDEF | (isApart ? POSIX_SPAWN_SETPGROUP : 0)))

        var words: [UnsafeMutablePointer<CChar>?] = ([program.path] + arguments).map { strdup($0) } + [nil]
        defer { for word in words { free(word) } }
        var child = pid_t()
        let refusal = posix_spawn(&child, program.path, &actions, &attributes, &words, environ)
        guard refusal == 0 else { throw Refusal(reason: String(cString: strerror(refusal)).lowercased()) }
        self.child = child
    }

    deinit { stop() }

    /// Kills the program, unless it has ended.
    package func stop() {
        guard status == nil else { return }
        kill(child, SIGKILL)
        waitForEnd()
    }

    /// Waits until the program has ended.
    ///
    /// - Returns: 0 if it succeeded; the system's wait status otherwise.
    @discardableResult
    package func waitForEnd() -> Int32 {
        if let status { return status }
        var result: Int32 = 0
        while waitpid(child, &result, 0) < 0 {
            // Nothing else waits for the child, so this does not happen.
            guard errno == EINTR else {
                result = -1
                break
            }
        }
        status = result
        return result
    }
}

/// An unnamed temporary file for a program's error output; unlike a pipe, it never fills up.
package final class ComplaintFile {
    package let descriptor: Int32

    /// Creates the file.
    ///
    /// - Throws: ``ChildProgram/Refusal`` if the file cannot be created.
    package init() throws(ChildProgram.Refusal) {
        let path = FileManager.default.temporaryDirectory.appendingPathComponent("pinpoint-\(UUID()).log").path
        descriptor = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
            throw ChildProgram.Refusal(reason: String(cString: strerror(errno)).lowercased())
        }
        unlink(path)
    }

    deinit { close(descriptor) }

    /// The last line that was written; empty if there is none.
    package var lastLine: String {
        let end = lseek(descriptor, 0, SEEK_END)
        var bytes = [UInt8](repeating: 0, count: 4096)
        let got = pread(descriptor, &bytes, bytes.count, max(0, end - off_t(bytes.count)))
        return String(decoding: bytes.prefix(max(0, got)), as: UTF8.self)
            .split(whereSeparator: \.isNewline).last.map { $0.trimmingCharacters(in: .whitespaces) } ?? ""
    }
}

/// A connected pair of sockets. Sockets instead of a pipe: writing to a pipe of a program that has ended raises a signal that kills this
/// process; and no other program started in the meantime inherits an end and holds it open.
package struct Channel {
    /// Our end, and the program's end, which we close once the program has it.
    package let ours, theirs: Int32

    /// Creates the sockets.
    ///
    /// - Throws: ``ChildProgram/Refusal`` if the sockets cannot be created.
    package init() throws(ChildProgram.Refusal) {
        var ends: [Int32] = [-1, -1]
        guard socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0, &ends) == 0 else {
            throw ChildProgram.Refusal(reason: String(cString: strerror(errno)).lowercased())
        }
        (ours, theirs) = (ends[0], ends[1])
    }
}
