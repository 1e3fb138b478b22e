import Foundation
import Images
import JSON
import TestSupport
import Testing

@Suite("Names from files cannot control the terminal or forge lines")
struct HostileNamesTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private static let name = "a\u{1b}[31m\u{9b}2J\u{1b}]0;title\u{7}\r\nNo problems.\nb\u{202e}c"

    /// A data set whose only class, and one of whose files, have such a name.
    private func makeDataset() throws {
        let file = "\(Self.name).png"
        for name in ["images/\(file)", "images/twice\n\u{1b}[2J.png"] {
            let url = folder.file("set/\(name)")
            try folder.write("", to: "set/\(name)")
            try Image(width: 64, height: 48, fill: (90, 90, 90)).writePNG(to: url)
        }
        let document: JSONValue = [
            "images": [["id": 1, "file_name": .string(file), "width": 64, "height": 48]],
            "categories": [["id": 1, "name": .string(Self.name)]],
            "annotations": [
                ["id": 1, "image_id": 1, "category_id": 1, "bbox": [4, 4, 20, 20], "area": 400, "iscrowd": 0],
                ["id": 2, "image_id": 1, "category_id": 1, "bbox": [60, 40, 200, 200], "area": 400, "iscrowd": 0],
            ],
        ]
        try folder.write(document.text(), to: "set/annotations/instances_train.json")
    }

    private func expectPlain(_ text: String, at location: SourceLocation = #_sourceLocation) {
        let hidden = text.unicodeScalars.filter {
            $0 != "\n" && $0.properties.generalCategory == .control || (0x202a...0x202e).contains($0.value)
        }
        #expect(hidden.isEmpty, "\(hidden.map(\.value)) in \(text)", sourceLocation: location)
    }

    @Test("A check of a data set")
    func check() throws {
        try makeDataset()
        let outcome = try Program.run(["data", "check", "set", "--size", "64"], in: folder.url)
        #expect(outcome.status == 0, "\(outcome.errors)")
        expectPlain(outcome.output)
        expectPlain(outcome.errors)
        #expect(outcome.output.contains(#"\x1b[31m"#), "\(outcome.output)")
        #expect(!outcome.output.split(separator: "\n").contains { $0.hasPrefix("No problems.") }, "\(outcome.output)")
        let json = try Program.run(["data", "check", "set", "--size", "64", "--json"], in: folder.url)
        expectPlain(json.output)
        let classes = try JSONValue(parsing: json.output)["summary"]["classes"].object().keys
        #expect(classes.contains(Self.name))
    }

    @Test("Errors, warnings and results")
    func messages() throws {
        try makeDataset()
        let model = try Fixture.run.get().path
        for arguments in [
            ["demo", "nothing\u{1b}[2J\nx.png", "--model", model], ["demo", "set/images", "--model", model],
            ["demo", "set/images/\(Self.name).png", "--model", "no\u{1b}[2J\nmodel"],
            ["layers", "--model", "\u{1b}[2J"],
            ["fly\u{1b}[2J"], ["run", "\u{1b}[2J\n.json"], ["data", "convert", "set", "new", "--to", "yolo"],
            ["evaluate", "--model", model, "--data", "set"],
        ] {
            let outcome = try Program.run(arguments, in: folder.url)
            expectPlain(outcome.output)
            expectPlain(outcome.errors)
            #expect(
                outcome.errors.split(separator: "\n").count { $0.hasPrefix("pinpoint: ") } <= 1, "\(outcome.errors)")
        }
    }

    @Test("A strict check fails if anything is wrong, and prints the report")
    func strict() throws {
        try makeDataset()
        for (set, status) in [("set", 1), (try Fixture.shapes.get().path, 0)] as [(String, Int32)] {
            for form in [[], ["--json"]] {
                let arguments = ["data", "check", set, "--size", "64"] + form
                let report = try Program.run(arguments, in: folder.url)
                let strict = try Program.run(arguments + ["--strict"], in: folder.url)
                #expect(report.status == 0 && strict.status == status, "\(strict.errors)")
                #expect(report.output == strict.output)
                #expect(strict.errors.hasPrefix("pinpoint: the data set has ") == (status == 1), "\(strict.errors)")
            }
        }
    }
}
