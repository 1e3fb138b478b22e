import Foundation

/// Terminal output: results go to standard output, everything else to standard error.
enum Terminal {
    /// Whether progress is shown on an interactive terminal.
    static let isInteractive = isatty(STDERR_FILENO) == 1 && ProcessInfo.processInfo.environment["TERM"] != "dumb"

    /// The number of characters that fit on a line.
    static var width: Int {
        var size = winsize()
        if ioctl(STDERR_FILENO, UInt(TIOCGWINSZ), &size) == 0 && size.ws_col > 0 { return Int(size.ws_col) }
        return ProcessInfo.processInfo.environment["COLUMNS"].flatMap { Int($0) } ?? 80
    }

    static func standardOutput(_ text: String) { FileHandle.standardOutput.write(Data(text.utf8)) }

    /// Prints a file of any size.
    static func standardOutput(contentsOf url: URL) throws {
        let file = try FileHandle(forReadingFrom: url)
        while let piece = try file.read(upToCount: 1 << 20), !piece.isEmpty { FileHandle.standardOutput.write(piece) }
    }

    static func standardError(_ text: String) { FileHandle.standardError.write(Data(text.utf8)) }
}
