import Foundation
import Tensors

/// Terminal output: results go to standard output, everything else to standard error.
///
/// Nothing else in the program writes to these streams. All control characters but line breaks are escaped here, so that no text can control
/// the terminal; the builders of texts also escape the line breaks of names, see `terminalLines`.
enum Terminal {
    /// Whether progress is shown on an interactive terminal.
    static let isInteractive = isatty(STDERR_FILENO) == 1 && ProcessInfo.processInfo.environment["TERM"] != "dumb"

    /// The number of characters that fit on a line.
    static var width: Int {
        var size = winsize()
        if ioctl(STDERR_FILENO, UInt(TIOCGWINSZ), &size) == 0 && size.ws_col > 0 { return Int(size.ws_col) }
        return ProcessInfo.processInfo.environment["COLUMNS"].flatMap { Int($0) } ?? 80
    }

    /// Prepares the standard streams; the first thing that the program does.
    static func prepare() {
        StandardStream.openClosed()
        // Writing to a pipe that nobody reads, or beyond the limit of a file's size, fails, instead of killing the program in the middle
        // of its work: the error of the write has a sentence.
        for number in [SIGPIPE, SIGXFSZ] { signal(number, SIG_IGN) }
    }

    /// Prints a result. If it cannot be written, the program ends with code 1: with a sentence, or quietly if the reader has left.
    ///
    /// - Parameter isOurs: Whether the text contains nothing from files, and is printed unchanged, as completion scripts are.
    static func standardOutput(_ text: String, isOurs: Bool = false) {
        if let error = StandardStream.output.write(isOurs ? text : text.shownAsLines) { endWithoutOutput(error) }
    }

    /// Prints a text file of any size, some lines at a time.
    static func standardOutput(contentsOf url: URL) throws {
        let file = try FileHandle(forReadingFrom: url)
        var rest = Data()
        while let piece = try file.read(upToCount: 1 << 20), !piece.isEmpty {
            rest += piece
            guard let end = rest.lastIndex(of: 0x0a) else { continue }
            standardOutput(String(decoding: rest[...end], as: UTF8.self))
            rest = Data(rest[(end + 1)...])
        }
        if !rest.isEmpty { standardOutput(String(decoding: rest, as: UTF8.self)) }
    }

    /// Prints a message. If it cannot be written, the work continues.
    static func standardError(_ text: String) { _ = StandardStream.errors.write(text.shownAsLines) }

    /// Draws the line at the bottom of the terminal anew; an empty text clears it.
    static func redraw(_ line: String) { _ = StandardStream.errors.write("\r\u{1B}[K" + line.shownOnTerminal) }

    /// Ends the program after a command that succeeded.
    static func finish() -> Never {
        // Some file systems report only now that the last bytes did not fit.
        if let error = StandardStream.output.close() { endWithoutOutput(error) }
        exit(0)
    }

    private static func endWithoutOutput(_ error: Int32) -> Never {
        if error != EPIPE {
            standardError(
                "pinpoint: cannot write to standard output: \(String(cString: strerror(error)).lowercased())\n")
        }
        exit(1)
    }
}
