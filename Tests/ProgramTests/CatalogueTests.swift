import Foundation
import Testing

/// The documentation catalogues: `Sources/X/X.docc/X.md`, one for each target that a caller of the package would use.
@Suite("Documentation catalogues")
struct CatalogueTests {
    /// Targets of the program's own library that have something public.
    private static let targets: [String] = {
        let folders = (try? Repository.folders(in: "Sources")) ?? []
        return folders.filter { $0 != "pinpoint" && (try? code(of: $0).contains("\npublic ")) == true }
    }()

    @Test("Every target with public declarations has a catalogue of its own name, and no other has one")
    func everyTarget() throws {
        #expect(Self.targets.count > 30)
        let catalogues = try Repository.files(in: "Sources").filter { $0.contains(".docc/") }
        #expect(catalogues == Self.targets.map(Self.path).sorted())
    }

    @Test("Symbols in a catalogue are declared in its target, public or for the package")
    func symbols() throws {
        for target in Self.targets {
            let declared = Self.declarations(of: try Self.code(of: target))
            let symbols = try Repository.text(Self.path(target)).matches(of: /``(.+?)``/).map { String($0.1) }
            #expect(symbols.count > 1, "\(target)")
            // The first is the title.
            for symbol in symbols.dropFirst() {
                #expect(declared.contains(symbol), "\(target) declares no '\(symbol)'")
            }
        }
    }

    @Test("The use in a catalogue is code that DocumentationTests compiles and runs")
    func uses() throws {
        for target in Self.targets {
            let text = try Repository.text(Self.path(target))
            let blocks = text.components(separatedBy: "```swift\n").dropFirst()
                .compactMap { $0.components(separatedBy: "\n```").first }
            #expect(blocks.count == 1, "\(target) has \(blocks.count) uses")
            let test = try Repository.text("Tests/DocumentationTests/\(target)Use.swift")
            for block in blocks {
                let parts = block.components(separatedBy: "\n\n")
                let imports = parts[0].split(separator: "\n")
                #expect(imports.contains("import \(target)"))
                for line in imports { #expect(test.contains("\(line)\n"), "\(target): \(line)") }
                let code = parts.dropFirst().joined(separator: "\n\n").split(
                    separator: "\n", omittingEmptySubsequences: false)
                let indented = code.map { $0.isEmpty ? "" : "        \($0)" }.joined(separator: "\n")
                #expect(test.contains(indented), "the use in \(target)'s catalogue is not the one that is tested")
            }
        }
    }

    @Test(
        "Declarations are found with their arguments' names",
        arguments: [
            ("public struct Box<Space>: Hashable {", "Box"), ("public static func f() {}", "f()"),
            ("public func multiply(_ a: A, into c: C, keeping scale: Float = 0)", "multiply(_:into:keeping:)"),
            ("package let limit = 3", "limit"), ("public func area<T>(of shape: [(a: Int, T)]) -> Int", "area(of:)"),
            ("public final class Trainer {", "Trainer"),
            (
                "public func run(\n    _ body: (_ index: Int) throws -> Void = { _ in },\n    to file: URL\n)",
                "run(_:to:)"
            ),
        ])
    func declarations(text: String, symbol: String) {
        #expect(Self.declarations(of: text) == [symbol])
    }

    private static func path(_ target: String) -> String { "Sources/\(target)/\(target).docc/\(target).md" }

    private static func code(of target: String) throws -> String {
        try Repository.files(in: "Sources/\(target)").filter { $0.hasSuffix(".swift") && !$0.contains("/Schema/") }
            .map(Repository.text).joined(separator: "\n")
    }

    /// Returns the declared names, of functions with the names of their arguments, as the catalogues' links have them.
    private static func declarations(of code: String) -> Set<String> {
        let kinds = "struct|enum|protocol|final class|class|actor|typealias|let|var|func"
        guard let pattern = try? Regex("^ *(?:public|package)(?: static)? (\(kinds)) (\\w+)").anchorsMatchLineEndings()
        else {
            return []
        }
        return Set(
            code.matches(of: pattern).compactMap { match in
                guard let kind = match.output[1].substring, let name = match.output[2].substring else { return nil }
                return kind == "func" ? name + "(" + labels(of: code[match.range.upperBound...]) + ")" : String(name)
            })
    }

    /// Returns the names of the arguments in a declaration that begins before its generic parameters and arguments.
    private static func labels(of declaration: Substring) -> String {
        guard let opening = declaration.firstIndex(of: "(") else { return "" }
        var (depth, isAtStart, word, labels, previous) = (0, true, "", "", Character("("))
        for sign in declaration[declaration.index(after: opening)...] {
            if sign == ")" && depth == 0 { break }
            if "([{<".contains(sign) { depth += 1 }
            if ")]}>".contains(sign) && previous != "-" { depth -= 1 }
            previous = sign
            if depth == 0 && sign == "," { (isAtStart, word) = (true, "") }
            guard isAtStart, depth == 0, sign != "," else { continue }
            if sign.isLetter || sign == "_" || sign.isNumber {
                word.append(sign)
            } else if !word.isEmpty {
                labels += word + ":"
                isAtStart = false
            }
        }
        return labels
    }
}
