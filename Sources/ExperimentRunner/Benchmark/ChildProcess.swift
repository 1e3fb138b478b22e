import Foundation

/// Another program, run to its end. Foundation's `Process` looks for the end from time to time, which is too coarse for a
/// stopwatch; here the system says when it has come.
enum ChildProcess {
    /// - Throws: ``BenchmarkError/program(_:)`` when the program cannot be started or ends with another code than 0.
    static func run(_ program: URL, _ arguments: [String]) throws(BenchmarkError) {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        // What it finds is of no interest; what goes wrong is.
        posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0)
        var words: [UnsafeMutablePointer<CChar>?] = ([program.path] + arguments).map { strdup($0) } + [nil]
        defer { for word in words { free(word) } }
        var child = pid_t()
        let refusal = posix_spawn(&child, program.path, &actions, nil, &words, environ)
        guard refusal == 0 else { throw .program(String(cString: strerror(refusal)).lowercased()) }
        var status: Int32 = 0
        while waitpid(child, &status, 0) < 0 {
            guard errno == EINTR else { throw .program(String(cString: strerror(errno)).lowercased()) }
        }
        guard status == 0 else { throw .program("\(program.lastPathComponent) ended with the status \(status)") }
    }
}
