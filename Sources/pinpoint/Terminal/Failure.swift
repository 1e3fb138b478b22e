import ArgumentParser
import Foundation

/// Ends the program for an error that came out of a command: what the library threw becomes one sentence and exit code 1.
///
/// Every error type of the library describes itself for people; this is the one place where that reaches the terminal.
func fail(with error: any Error) -> Never {
    // Requests for help and wrong usage have codes of their own, and the parser knows how to say them.
    if Pinpoint.exitCode(for: error) != .failure { Pinpoint.exit(withError: error) }
    Terminal.standardError("pinpoint: \(sentence(for: error))\n")
    exit(1)
}

/// Ends the program after a command that did its work, while what it worked with is still there: the system takes memory back
/// in a tenth of the time that giving it back piece by piece takes.
func finish<Value>(keeping value: Value) -> Never { withExtendedLifetime(value) { exit(0) } }

private func sentence(for error: any Error) -> String {
    // Foundation's own errors do not say which file they are about.
    if type(of: error) == NSError.self || error is CocoaError || error is POSIXError {
        let error = error as NSError
        let path = (error.userInfo[NSFilePathErrorKey] as? String) ?? (error.userInfo[NSURLErrorKey] as? URL)?.path
        return (path.map { "\($0): " } ?? "") + error.localizedDescription
    }
    return "\(error)"
}
