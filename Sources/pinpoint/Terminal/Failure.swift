import ArgumentParser
import Foundation
import Interruption
import Tensors

/// Exits after a command threw an error: prints the error as one sentence and exits with code 1, or with 130 or 143 if a signal asked the
/// command to stop.
///
/// Every error type of the library describes itself in a readable sentence; only this function prints them.
func fail(with error: any Error) -> Never {
    // Help requests and wrong usage have their own exit codes and messages, which the parser provides.
    if Pinpoint.exitCode(for: error) != .failure { leave(withParsing: error) }
    Terminal.standardError("pinpoint: \(sentence(for: error).shownOnTerminal)\n")
    exit(Signals.received.map(Signals.exitCode) ?? 1)
}

/// Exits with what the parser says: help and version are results, everything else is wrong usage.
func leave(withParsing error: any Error) -> Never {
    let (text, code) = (Pinpoint.fullMessage(for: error), Pinpoint.exitCode(for: error))
    if code == .success {
        if !text.isEmpty { Terminal.standardOutput(text + "\n", isOurs: true) }
        Terminal.finish()
    }
    if !text.isEmpty { Terminal.standardError(text + "\n") }
    exit(code.rawValue)
}

/// Exits after a successful command while keeping `value` alive: the system reclaims all memory in a tenth of the time that
/// releasing it piece by piece takes.
func finish<Value>(keeping value: Value) -> Never { withExtendedLifetime(value) { Terminal.finish() } }

private func sentence(for error: any Error) -> String {
    // The descriptions of Foundation's errors do not name the file.
    if type(of: error) == NSError.self || error is CocoaError || error is POSIXError {
        let error = error as NSError
        let path = (error.userInfo[NSFilePathErrorKey] as? String) ?? (error.userInfo[NSURLErrorKey] as? URL)?.path
        return (path.map { "\($0): " } ?? "") + error.localizedDescription
    }
    return "\(error)"
}
