import Foundation
import TestSupport

extension Program {
    /// Runs the program as a user whom permissions and limits bind: root runs it as a user that nobody else is.
    ///
    /// - Parameter limit: A command of Bash that runs before, such as `ulimit -u 1`.
    /// - Returns: Nil where that is impossible: without `setpriv` or the right to use it, or where that user cannot reach the program.
    static func runUnprivileged(
        _ arguments: [String], in folder: URL? = nil, limit: String = ":"
    ) throws -> Outcome? {
        let user = "1\(String(format: "%08d", getpid() % 100_000_000))"
        let change = geteuid() == 0 ? "setpriv --reuid=\(user) --regid=\(user) --clear-groups" : ""
        func run(_ limit: String, _ command: [String]) throws -> Outcome {
            // The limits of the plain shell lack some.
            let start = #"exec bash -c '\#(limit); exec \#(change) "$0" "$@"' "$0" "$@""#
            return try Child(command, in: folder, limits: start).wait()
        }
        let trial = try run(":", ["--version"])
        return trial.status == 0 ? try run(limit, arguments) : nil
    }
}
