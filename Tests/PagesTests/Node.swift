import Foundation
import JSON
import TestSupport
import Testing

/// Node.js, if it is installed: runs the functions of the viewer's script that use no element of the page.
enum Node {
    static let program = installedProgram(["node"])

    static var isInstalled: Bool { program != nil }

    /// The folder of the pages' scripts and style sheets.
    static let resources = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .appendingPathComponent("../../Sources/Pages/Resources").standardizedFileURL

    /// The parts of the script that are run, in the page's order.
    private static let parts = ["maps.js", "sampling.js", "choices.js", "placement.js"]

    /// Runs a script after these parts, and returns its result, in which numbers that JSON does not have are text.
    ///
    /// - Parameters:
    ///   - settings: The members of the page's settings that the script needs, in addition to the default ones.
    ///   - images: The page's images, of which `imageAt` returns one.
    static func run(
        settings: [(String, JSONValue)] = [], images: [JSONValue] = [], _ script: String
    ) throws -> JSONValue {
        let program = try #require(program)
        let standard: [(String, JSONValue)] = [
            ("classes", [["name": "cat"], ["name": "dog"]]), ("colormaps", [:]), ("sideBySide", false),
            ("firstLayer", ""),
        ]
        let texts = try parts.map { try String(contentsOf: resources.appendingPathComponent($0), encoding: .utf8) }
        let folder = try TemporaryFolder()
        // The same as on the page: all parts in one function, in strict mode.
        let file = try folder.write(
            """
            (() => {
            "use strict";
            const settings = \(JSONValue.object(JSONObject(standard + settings)).text());
            const images = \(JSONValue.array(images).text());
            const imageAt = (index) => images[index];
            \(texts.joined(separator: "\n"))
            const result = (() => { \(script) })();
            console.log(JSON.stringify(result, (_, value) => {
              if (typeof value === "number" && !Number.isFinite(value)) return String(value);
              return ArrayBuffer.isView(value) ? [...value] : value;
            }));
            })();
            """, to: "script.js")

        let output = folder.file("output")
        try Data().write(to: output)
        let process = Process()
        process.executableURL = program
        process.arguments = [file.path]
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = try FileHandle(forWritingTo: output)
        process.standardError = process.standardOutput
        try process.run()
        process.waitUntilExit()
        let text = try String(contentsOf: output, encoding: .utf8)
        try #require(process.terminationStatus == 0, "\(text)")
        return try JSONValue(parsing: text)
    }
}
