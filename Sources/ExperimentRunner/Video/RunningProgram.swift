import Foundation

/// Another program while it runs, started without a shell; killed when nobody holds it any more.
final class RunningProgram {
    /// A file of the program.
    enum File {
        /// What it reads is empty; what it writes is thrown away.
        case nothing
        /// One of ours.
        case descriptor(Int32)
        /// Ours, shared.
        case inherited
    }

    /// A program that could not be started.
    struct Refusal: Error, Equatable {
        let reason: String
    }

    private let child: pid_t
    private var status: Int32?

    /// - Throws: ``Refusal`` with the system's reason.
    init(
        _ program: URL, _ arguments: [String], input: File = .inherited, output: File = .inherited,
        errors: File = .inherited
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
        // A program that writes to nobody shall end, whatever we do about that signal.
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var signals = sigset_t()
        sigemptyset(&signals)
        sigaddset(&signals, SIGPIPE)
        posix_spawnattr_setsigdefault(&attributes, &signals)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGDEF))

        var words: [UnsafeMutablePointer<CChar>?] = ([program.path] + arguments).map { strdup($0) } + [nil]
        defer { for word in words { free(word) } }
        var child = pid_t()
        let refusal = posix_spawn(&child, program.path, &actions, &attributes, &words, environ)
        guard refusal == 0 else { throw Refusal(reason: String(cString: strerror(refusal)).lowercased()) }
        self.child = child
    }

    deinit { stop() }

    /// Ends the program, unless it has ended.
    func stop() {
        guard status == nil else { return }
        kill(child, SIGKILL)
        waitForEnd()
    }

    /// Waits until the program has ended.
    ///
    /// - Returns: 0 when it ended well; what the system calls the status otherwise.
    @discardableResult
    func waitForEnd() -> Int32 {
        if let status { return status }
        var result: Int32 = 0
        while waitpid(child, &result, 0) < 0 {
            // Nothing else waits for it, so this does not happen.
            guard errno == EINTR else {
                result = -1
                break
            }
        }
        status = result
        return result
    }
}

/// A file without a name that takes what a program complains about: unlike a pipe it never fills up.
final class ComplaintFile {
    let descriptor: Int32

    /// - Throws: ``RunningProgram/Refusal`` when there is no room for it.
    init() throws(RunningProgram.Refusal) {
        let path = FileManager.default.temporaryDirectory.appendingPathComponent("pinpoint-\(UUID()).log").path
        descriptor = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
            throw RunningProgram.Refusal(reason: String(cString: strerror(errno)).lowercased())
        }
        unlink(path)
    }

    deinit { close(descriptor) }

    /// The last thing that was said; empty when nothing was.
    var lastLine: String {
        let end = lseek(descriptor, 0, SEEK_END)
        var bytes = [UInt8](repeating: 0, count: 4096)
        let got = pread(descriptor, &bytes, bytes.count, max(0, end - off_t(bytes.count)))
        return String(decoding: bytes.prefix(max(0, got)), as: UTF8.self)
            .split(whereSeparator: \.isNewline).last.map { $0.trimmingCharacters(in: .whitespaces) } ?? ""
    }
}

/// Two ends between which bytes go. Sockets, not a pipe: writing to a program that has ended would raise a signal that kills us;
/// and no other program that is started meanwhile inherits an end and holds it open.
struct Channel {
    /// The end that we keep, and the one that a program gets, which we close once it has it.
    let ours, theirs: Int32

    /// - Throws: ``RunningProgram/Refusal`` when there is no room for it.
    init() throws(RunningProgram.Refusal) {
        var ends: [Int32] = [-1, -1]
        guard socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0, &ends) == 0 else {
            throw RunningProgram.Refusal(reason: String(cString: strerror(errno)).lowercased())
        }
        (ours, theirs) = (ends[0], ends[1])
    }
}
