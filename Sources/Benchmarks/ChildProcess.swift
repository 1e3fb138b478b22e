import Foundation
import Video

/// A child process that is run to its end. Foundation's `Process` polls for the end, which is too coarse for timing; this one
/// waits for it.
enum ChildProcess {
    /// Runs a program to its end.
    ///
    /// - Throws: ``BenchmarkError/program(_:)`` if the program cannot be started or exits with a code other than 0.
    static func run(_ program: URL, _ arguments: [String]) throws(BenchmarkError) {
        let status: Int32
        do {
            // Discard the output, but keep the errors.
            status = try ChildProgram(program, arguments, output: .nothing).waitForEnd()
        } catch { throw .program(error.reason) }
        guard status == 0 else { throw .program("\(program.lastPathComponent) ended with the status \(status)") }
    }
}
