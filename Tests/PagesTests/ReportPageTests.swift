import Foundation
import JSON
import Pages
import Testing

@Suite("Reports with a viewer", .serialized)
struct ReportPageTests {
    private func page() throws -> String {
        var second = Samples.image(name: "second")
        second.detections.removeFirst()
        second.explanations = []
        var page = ReportPage(title: "Run \(Samples.hostileNames[0])", subtitle: "for tests")
        page.add([.cards([("AP50", "0.5")])])
        page.add("Empty", [])
        // Longer than any window, with the viewer at its end.
        page.add(
            "Tiles",
            [
                HTML(markup: "<div style=\"height: 3000px\"></div>"),
                .element("button", "data-show-image=\"1\" id=\"tile\"", "second"),
            ])
        let viewer = Viewer(
            classNames: Samples.hostileNames, images: [Samples.image(), second], isSideBySide: true)
        page.add("Viewer", [], viewer: try viewer.html())
        return page.document
    }

    @Test("Sections are in order, and empty ones are left out")
    func sections() throws {
        let html = try page()
        let headings = html.matches(of: /<h2>([^<]*)<\/h2>/).map { String($0.1) }
        #expect(headings == ["Tiles", "Viewer"])
        #expect(html.contains("<h1>Run &lt;/script&gt;"))
        let plain = ReportPage(title: "Without a viewer", subtitle: "").document
        #expect(!plain.contains("id=\"viewer\""))
    }

    @Test(
        "The viewer handles only keys pressed inside it, and a tile opens its image there",
        .enabled(if: Browser.isInstalled, "there is no Chromium on the PATH"))
    func keysAndTiles() throws {
        let visit = try Browser.visit(
            try page(),
            script: """
                const before = [await look(0), await look(1)];
                const opened = window.scrollY;
                press("j"); press("c");
                const outside = [await look(0), await look(1)];
                press("c", canvas(0));
                const inside = [await look(0), await look(1)];
                find("#tile").click();
                const image = control("image").value;
                const kinds = [picker("show", 0).value, picker("show", 1).value];
                find("#theme").click();
                return {
                  before, outside, inside, image, kinds, opened, focus: document.activeElement.getAttribute("role"),
                  theme: document.documentElement.dataset.theme, button: find("#theme").textContent };
                """)
        #expect(visit.console.isEmpty, "\(visit.console)")
        let seen = visit.observations
        #expect(try seen["outside"] == seen["before"])
        #expect(try seen["opened"].number() == 0, "the page opens at its beginning")
        let (outside, inside) = (try seen["outside"].strings(), try seen["inside"].strings())
        // The ground-truth heatmap is flat, so the colormap does not change it.
        #expect(outside[0] != inside[0] && outside[1] == inside[1])
        #expect(try seen["image"].string() == "1")
        #expect(try seen["kinds"].strings() == ["predicted", "true"])
        #expect(try seen["focus"].string() == "listbox")
        let dark = try seen["theme"].string() == "dark"
        #expect(try seen["button"].string() == (dark ? "Light" : "Dark"))
    }
}
