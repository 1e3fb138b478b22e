import Foundation

/// A command line of README.md that calls the program.
struct ReadmeCommand {
    /// The words after `pinpoint`.
    let arguments: [String]

    /// The command without `pinpoint`, quotes and comment.
    var text: String { arguments.joined(separator: " ") }

    /// The subcommand, in one word or two.
    var name: [String] { Array(arguments.prefix(arguments.first == "data" ? 2 : 1)) }

    /// The names of all options, as `--model`.
    var options: [String] { arguments.filter { $0.hasPrefix("--") } }

    /// All command lines, in order: indented by four, continued after a backslash.
    static func all() throws -> [ReadmeCommand] {
        var commands: [ReadmeCommand] = []
        var begun = ""
        for line in try Repository.text("README.md").split(separator: "\n", omittingEmptySubsequences: false) {
            guard line.hasPrefix("    pinpoint ") || !begun.isEmpty else { continue }
            begun += line
            if begun.hasSuffix("\\") {
                begun.removeLast()
            } else {
                commands.append(ReadmeCommand(arguments: Array(words(of: begun).dropFirst())))
                begun = ""
            }
        }
        return commands
    }

    /// Splits a line as a shell does: single quotes keep a word together, and `#` begins a comment.
    static func words(of line: String) -> [String] {
        var words: [String] = []
        var word: String?
        var isQuoted = false
        for sign in line {
            if sign == "'" {
                isQuoted.toggle()
                word = word ?? ""
            } else if sign == " " && !isQuoted {
                if let word { words.append(word) }
                word = nil
            } else if sign == "#" && word == nil {
                break
            } else {
                word = (word ?? "") + String(sign)
            }
        }
        return words + (word.map { [$0] } ?? [])
    }
}
