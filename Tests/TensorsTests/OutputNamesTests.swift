import Foundation
import Tensors
import Testing

@Suite("Names of output files")
struct OutputNamesTests {
    private func stems(_ paths: [String]) -> [String] { OutputNames.stems(of: paths.map { URL(fileURLWithPath: $0) }) }

    @Test(
        "Names are stems, with more of the path where stems collide",
        arguments: [
            (["a/x.png", "a/y.png"], ["x", "y"]), (["a/000003.jpg"], ["000003"]),
            (["a/x.png", "b/x.png", "b/y.png"], ["a_x", "b_x", "y"]),
            (["a/x.png", "a/x.jpg"], ["a_x_png", "a_x_jpg"]),
            (["a/X.png", "a/x.png"], ["a_X_png", "a_x_png_2"]),
            (["1/a/x.png", "2/a/x.png"], ["a_x_png", "a_x_png_2"]),
            (["a/x.png", "b/x.png", "c/a_x.png"], ["a_x_png", "b_x", "a_x"]),
            (["a/a.jpg", "a/a.b.jpg", "a/c.d.jpg"], ["a", "a_b", "c.d"]),
            (["a/.hidden.jpg", "a/-rf.jpg", "a/ b .jpg"], ["_hidden", "-rf", "_b_"]),
            (["a/preview.png", "a/Detections.jpg"], ["preview_2", "Detections_2"]),
            (["a/10%25 of \"it\" 😀.jpg", "a/two\nlines.jpg"], ["10%25 of \"it\" 😀", "two_lines"]),
        ])
    func stems(paths: [String], expected: [String]) {
        #expect(stems(paths.map { "/" + $0 }) == expected)
        #expect(stems(paths.reversed().map { "/" + $0 }) == expected.reversed(), "the order does not matter")
    }

    @Test("Combining characters are normalized, and names that differ only in that are told apart")
    func normalization() {
        let names = stems(["/a/e\u{301}.jpg", "/a/\u{e9}.jpg"])
        #expect(Set(names).count == 2)
        for name in names { #expect(Array(name.unicodeScalars).contains("\u{e9}")) }
    }

    @Test(
        "Classes with any names get different parts",
        arguments: [
            (["cell", "a/b", "heatmap", "Cell"], ["cell_2", "a_b", "heatmap_2", "Cell"]),
            (["a/b", "a_b", "a\\b"], ["a_b_2", "a_b", "a_b_3"]),
            (["..", "", "_", "."], ["__", "__2", "_", "__3"]),
            (
                ["backbone", "backbone.layer1", "backbone.layer1.0"],
                ["backbone", "backbone.layer1", "backbone.layer1.0"]
            ),
        ])
    func parts(classNames: [String], expected: [String]) {
        #expect(OutputNames.parts(for: classNames, reserved: ["heatmap"]) == expected)
    }

    @Test("Long names are cut and stay different")
    func length() {
        let long = String(repeating: "é", count: 200)
        let parts = OutputNames.parts(for: [long + "1", long + "2"])
        #expect(parts[0] != parts[1] && parts.allSatisfy { $0.utf8.count <= 64 && $0.hasPrefix("ééé") })
        #expect(OutputNames.part("e" + String(repeating: "\u{301}", count: 300)).utf8.count <= 56)
    }

    /// Alphabets in which names collide in all possible ways.
    private static let alphabets = ["ab.", "aA_2.", "./\\ \0", "éÉe\u{301}ß", "a\u{200b}\u{202e}\u{fe0f}.", "x"]

    private func random(_ generator: inout SeededGenerator, _ alphabet: String, atMost count: Int) -> String {
        let letters = Array(alphabet.unicodeScalars)
        let scalars = (0..<generator.integer(in: 0...count)).map { _ in
            letters[generator.integer(in: 0...letters.count - 1)]
        }
        return String(String.UnicodeScalarView(scalars))
    }

    /// Returns a form that is equal for names that file systems treat as equal when they ignore case, normalization and invisible
    /// characters.
    private func folded(_ name: String) -> String {
        let seen = name.unicodeScalars.filter { !$0.properties.isDefaultIgnorableCodePoint }
        return String(String.UnicodeScalarView(seen)).decomposedStringWithCanonicalMapping.uppercased().lowercased()
    }

    private func requireSafe(_ name: String, at location: SourceLocation = #_sourceLocation) {
        let signs = Array(name.unicodeScalars)
        #expect(
            !signs.contains { $0 == "/" || $0 == "\\" || $0.properties.generalCategory == .control }
                && !signs.isEmpty && ![".", " "].contains(signs[0]) && ![".", " "].contains(signs[signs.count - 1])
                && name.utf8.elementsEqual(name.precomposedStringWithCanonicalMapping.utf8),
            "\(name.debugDescription)", sourceLocation: location)
    }

    @Test("Random stems and classes: safe, different, short, and the same in any order")
    func laws() {
        var generator = SeededGenerator(7)
        for round in 0..<400 {
            let alphabet = Self.alphabets[round % Self.alphabets.count]
            let longest = round % 5 == 0 ? 250 : 4
            let paths = Set(
                (0..<12).map { _ -> [UInt8] in
                    let name = random(&generator, alphabet, atMost: longest).filter { $0 != "/" && $0 != "\0" }
                    let folder = ["a", "b", "b/a"][generator.integer(in: 0...2)]
                    return Array(
                        "/\(folder)/\(name.isEmpty ? "x" : name).\(["jpg", "JPG", "png"][generator.integer(in: 0...2)])"
                            .utf8)
                }
            ).map { String(decoding: $0, as: UTF8.self) }
            let classes = Set((0..<6).map { _ in Array(random(&generator, alphabet, atMost: longest).utf8) })
                .map { String(decoding: $0, as: UTF8.self) }
            let stems = stems(paths)
            let parts = OutputNames.parts(for: classes, reserved: ["heatmap", "keypoints"])
            for name in stems + parts { requireSafe(name) }
            let files =
                stems.flatMap { stem in
                    [
                        OutputNames.file([stem], extension: "png"),
                        OutputNames.file([stem, "heatmap"], extension: "png"),
                    ]
                        + parts.map { OutputNames.file([stem, $0], extension: "png") }
                } + OutputNames.reserved.map { OutputNames.file([$0], extension: "png") }
            #expect(Set(files.map(folded)).count == files.count, "\(paths) \(classes)")
            #expect(files.allSatisfy { $0.utf8.count <= 255 - 23 })

            let order = paths.indices.shuffled(using: &generator)
            #expect(self.stems(order.map { paths[$0] }) == order.map { stems[$0] })
        }
    }

    @Test("Thousands of equal names take no longer than thousands of different ones")
    func manyOfOneName() {
        let names = stems((0..<20_000).map { "/\($0)/a/x.png" })
        #expect(Set(names).count == 20_000)
    }

    @Test("A name of 255 bytes is written")
    func longestName() throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("pinpoint-\(UUID())")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let file = folder.appendingPathComponent(String(repeating: "é", count: 127) + "x")
        try writeAtomically(Data("whole".utf8), to: file)
        #expect(try Data(contentsOf: file) == Data("whole".utf8))
    }
}
