import Foundation

/// Another program, run to its end. Foundation's `Process` looks for the end from time to time, which is too coarse for a
/// stopwatch; here the system says when it has come.
enum ChildProcess {
    /// - Throws: ``BenchmarkError/program(_:)`` when the program cannot be started or ends with another code than 0.
    static func run(_ program: URL, _ arguments: [String]) throws(BenchmarkError) {
        let status: Int32
        do {
            // What it finds is of no interest; what goes wrong is.
            status = try RunningProgram(program, arguments, output: .nothing).waitForEnd()
        } catch { throw .program(error.reason) }
        guard status == 0 else { throw .program("\(program.lastPathComponent) ended with the status \(status)") }
    }
}
