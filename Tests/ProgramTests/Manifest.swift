import Foundation
import Testing

/// The targets in `Package.swift`, read as text: running it takes a package manager, and seconds.
struct Manifest {
    struct Target {
        let name: String
        /// The location of its files, from the top folder.
        let folder: String
        /// The modules that its entry lists: targets, and products of other packages.
        let dependencies: [String]
        /// Whether these are tests, which all get `TestSupport`.
        let isTests: Bool
    }

    /// In the order of the file.
    let targets: [Target]

    init() throws {
        let text = try Repository.text("Package.swift")
        var products: [String: String] = [:]
        for match in text.matches(of: /let (\w+): Target\.Dependency = \.product\(name: "(\w+)"/) {
            products[String(match.1)] = String(match.2)
        }
        let comments = /^ *\/\/.*$/.anchorsMatchLineEndings()
        let list = try #require(text.components(separatedBy: "    targets: [\n").last).replacing(comments, with: "")
        targets = try list.matches(of: /^ {8}\.?(\w+)\(/.anchorsMatchLineEndings()).map { match in
            try Self.target(kind: String(match.1), Self.arguments(list[match.range.upperBound...]), products)
        }
    }

    /// Returns a text up to the parenthesis that closes one before it.
    private static func arguments(_ text: Substring) -> String {
        var depth = 1
        return String(
            text.prefix { sign in
                depth += sign == "(" ? 1 : sign == ")" ? -1 : 0
                return depth > 0
            })
    }

    private static func target(kind: String, _ arguments: String, _ products: [String: String]) throws -> Target {
        let name = String(try #require(arguments.firstMatch(of: /"([^"]+)"/)?.1))
        let isTests = kind == "tests"
        let list =
            isTests || kind == "module"
            ? arguments.prefixMatch(of: /\s*"[^"]+",\s*\[([^\]]*)\]/)?.1
            : arguments.firstMatch(of: /dependencies: \[([^\]]*)\]/)?.1
        #expect(list != nil || !arguments.contains("dependencies:"), "the dependencies of \(name) cannot be read")
        let entries = (list ?? "").split(separator: ",").map { $0.trimmingCharacters(in: .whitespacesAndNewlines) }
        let dependencies = try entries.filter { !$0.isEmpty }.map { entry in
            entry.hasPrefix("\"") ? String(entry.dropFirst().dropLast()) : try #require(products[entry], "\(entry)")
        }
        let folder = arguments.firstMatch(of: /path: "([^"]+)"/).map { String($0.1) }
        return Target(
            name: isTests ? name + "Tests" : name,
            folder: folder ?? (isTests ? "Tests/\(name)Tests" : "Sources/\(name)"),
            dependencies: isTests ? dependencies + ["TestSupport"] : dependencies, isTests: isTests)
    }
}

extension Manifest.Target {
    /// The modules that the target's Swift files import.
    func imports() throws -> Set<String> {
        var imports: Set<String> = []
        for path in try Repository.files(in: folder) where path.hasSuffix(".swift") {
            for line in try Repository.text(path).split(separator: "\n") {
                if let module = Self.imported(by: line) { imports.insert(module) }
            }
        }
        return imports
    }

    /// Returns the module of a line such as `import Images` or `@preconcurrency public import struct Images.Image`.
    private static func imported(by line: Substring) -> String? {
        let words = line.split(separator: " ")
        guard let place = words.firstIndex(of: "import") else { return nil }
        let access: Set<Substring> = ["public", "package", "internal", "private", "fileprivate"]
        // Quotes are those of a test's name, in which the word may stand.
        for word in words[..<place] where !access.contains(word) {
            if !word.hasPrefix("@") || word.contains("\"") { return nil }
        }
        let kinds: Set<Substring> = ["struct", "class", "enum", "protocol", "func", "var", "let", "typealias", "actor"]
        let module = words[(place + 1)...].first { !kinds.contains($0) }
        return module?.split(separator: ".").first.map(String.init)
    }
}
