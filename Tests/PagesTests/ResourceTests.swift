import Foundation
import Pages
import Testing

@Suite("The files that pages are made of")
struct ResourceTests {
    private func text(_ name: String) throws -> String {
        try String(contentsOf: Node.resources.appendingPathComponent(name), encoding: .utf8)
            .trimmingCharacters(in: .newlines)
    }

    @Test("Every script and style sheet is on a page, unchanged")
    func embedded() throws {
        var report = ReportPage(title: "Run", subtitle: "for tests")
        report.add(
            "Viewer", [],
            viewer: try Viewer(classNames: Samples.hostileNames, images: [Samples.image()]).html())
        let pages = [try Samples.page.html(), report.document]
        let names = try FileManager.default.contentsOfDirectory(atPath: Node.resources.path)
            .filter { !$0.hasPrefix(".") }
        #expect(names.count > 10)
        for name in names {
            let text = try text(name)
            #expect(pages.contains { $0.contains(text) }, "\(name)")
        }
    }

    @Test("Dark has the same colours, whether the system or the user asks for it")
    func darkColors() throws {
        let blocks = try text("page.css").matches(of: /\{ (color-scheme: dark;[^}]*)\}/).map { String($0.1) }
        try #require(blocks.count == 2)
        #expect(blocks[0] == blocks[1])
    }
}
