import ArgumentParser
import Foundation

/// Ends the program for an error that came out of a command: what the library threw becomes one sentence and exit code 1.
///
/// Every error type of the library describes itself for people; this is the one place where that reaches the terminal.
func fail(with error: any Error) -> Never {
    switch error {
    case is ExitCode, is CleanExit, is ValidationError: Pinpoint.exit(withError: error)
    default:
        Terminal.standardError("pinpoint: \(sentence(for: error))\n")
        exit(1)
    }
}

func sentence(for error: any Error) -> String {
    if type(of: error) == NSError.self || error is CocoaError || error is POSIXError {
        let error = error as NSError
        let path = (error.userInfo[NSFilePathErrorKey] as? String) ?? (error.userInfo[NSURLErrorKey] as? URL)?.path
        return (path.map { "\($0): " } ?? "") + error.localizedDescription
    }
    return "\(error)"
}
