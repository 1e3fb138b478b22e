import Foundation
import Images
import JSON
import Pages
import Tensors
import Testing

@Suite("The page in a browser", .serialized, .enabled(if: Browser.isInstalled, "there is no Chromium on the PATH"))
struct ViewerTests {
    private func visit(_ html: String, width: Int = 1400, _ script: String) throws -> JSONValue {
        let visit = try Browser.visit(html, width: width, script: script)
        #expect(visit.console.isEmpty, "\(visit.console)")
        if let failure = try? visit.observations.object()["failure"] { Issue.record("\(failure)") }
        return visit.observations
    }

    @Test("Every control changes the view, by mouse and by key, without errors in the console")
    func controls() throws {
        // A name, the action, and whether it changes the image.
        let steps = [
            ("nothing", "", false),
            ("opacity", #"set(control("opacity"), 90)"#, true),
            ("opacity key", #"press("o")"#, true),
            ("colours", #"set(control("colormap"), "viridis")"#, true),
            ("colours key", #"press("c")"#, true),
            ("cells", #"set(control("smooth"), false)"#, true),
            ("cells key", #"press("i")"#, true),
            ("below zero", #"set(control("negative"), true)"#, true),
            ("below zero key", #"press("n")"#, true),
            ("fade", #"set(control("fade"), false)"#, true),
            ("fade key", #"press("f")"#, true),
            ("boxes", #"set(control("boxes"), "none")"#, true),
            ("boxes key", #"press("b")"#, true),
            ("layer", #"set(picker("layer"), "backbone.layer2")"#, true),
            ("method", #"press("m")"#, true),
            ("method back", #"press("M")"#, true),
            ("layer key", #"press("[")"#, true),
            ("layer key back", #"press("]")"#, true),
            ("range of a kind", #"set(control("range"), "alike")"#, true),
            ("range key", #"press("r")"#, true),
            ("what is explained", #"press("w")"#, true),
            ("next detection", #"press("j")"#, true),
            ("previous detection", #"press("ArrowUp")"#, true),
            ("heatmap", #"press("v")"#, true),
            ("class", #"set(picker("class"), "1")"#, true),
            ("feature maps", #"set(picker("show"), "features")"#, true),
            (
                "components",
                #"set(picker("layer"), "backbone.layer1"); set(picker("reduction"), "first 3 components")"#, true
            ),
            ("zoom in", #"press("+")"#, true),
            ("whole again", #"press("0")"#, true),
            ("side by side", #"press("s")"#, true),
            ("another image", #"press("p")"#, true),
            ("light or dark", ##"find("#theme").click()"##, false),
            ("unknown key", #"press("toString"); press("F5")"#, false),
            ("key in a list of choices", #"press("j", picker("show"))"#, false),
        ]
        let script =
            "const seen = []; await look();\n"
            + steps.map { "\($0.1); seen.push(await look());\n" }.joined() + "return { first: seen[0], seen };"
        let seen = try visit(try Samples.page.html(), script)["seen"].strings()
        try #require(seen.count == steps.count)
        for (index, step) in steps.enumerated().dropFirst() {
            #expect((seen[index] != seen[index - 1]) == step.2, "\(step.0)")
        }
        // Undoing a change restores the view.
        #expect(seen[15] == seen[13] && seen[17] == seen[15])
    }

    @Test("A map is aligned with its image by the network's affine map: cell by cell, or bilinear")
    func drawing() throws {
        let points = [(5.0, 5.0), (30.0, 22.0), (48.3, 31.7), (90.0, 56.0), (70.2, 8.9)]
        let list = points.map { "[\($0.0), \($0.1)]" }.joined(separator: ", ")
        let observed = try visit(
            try Samples.page.html(),
            """
            const read = async () => {
              const { data, width } = await pixels();
              return [\(list)].map(([x, y]) => {
                const [left, top] = onCanvas(x, y, 96, 60);
                return data[4 * (Math.floor(top) * width + Math.floor(left))];
              });
            };
            set(control("colormap"), "gray"); set(control("opacity"), 100); set(control("boxes"), "none");
            set(control("fade"), false);
            set(picker("show"), "predicted"); set(picker("class"), "0");
            const smooth = await read();
            set(control("smooth"), false);
            return { smooth, cells: await read() };
            """)
        let (smooth, cells) = (try observed["smooth"].numbers(), try observed["cells"].numbers())
        for (index, point) in points.enumerated() {
            // 96 x 60 pixels in the middle of a square of 96, which is 16 cells wide.
            let (x, y) = (point.0 / 6, (point.1 + 18) / 6)
            let expectedCell = (Double(Int(y)) * 16 + Double(Int(x))) / 255
            // The ramp is linear along both axes, except for the jump from the end of a row to the next.
            let expected = (max(0, min(15, y - 0.5)) * 16 + max(0, min(15, x - 0.5))) / 255
            #expect(abs(cells[index] - 255 * expectedCell) <= 1.5, "\(point)")
            #expect(abs(smooth[index] - 255 * expected) <= 2.5, "\(point)")
        }
    }

    @Test("The pointer reads the cell and its raw value, and a click on a box selects its detection")
    func pointer() throws {
        let observed = try visit(
            try Samples.page.html(),
            """
            const selected = () => find('.target[aria-selected="true"] .name').textContent;
            const before = selected();
            point("pointermove", 30, 22, 96, 60);
            const value = text("value"), place = find('[data-part="object"]').textContent;
            point("pointerdown", 70, 50, 96, 60); point("pointerup", 70, 50, 96, 60);
            await frame();
            const after = selected(), words = text("words"), isHidden = find('[data-part="scale"]').className;
            point("pointerdown", 45, 30, 96, 60); point("pointerup", 45, 30, 96, 60);
            await frame();
            const smaller = selected();
            point("pointerdown", 5, 5, 96, 60); point("pointerup", 60, 5, 96, 60);
            find('#target-3').click();
            await frame();
            return { before, value, place, after, words, isHidden, smaller, dragged: selected(), nothing: text("words") };
            """)
        // Column 30 / 6 = 5 and row (22 + 18) / 6 = 6; of 256 cells from -1 to 3.
        let value = -1 + 4 * Double(6 * 16 + 5) / 255
        #expect(try observed["value"].string().hasPrefix("row 6, column 5: \(String(format: "%.3f", value).prefix(5))"))
        #expect(try observed["place"].string().contains("0.90"))
        #expect(try observed["before"].string() == Samples.hostileNames[0])
        #expect(try observed["after"].string() == Samples.hostileNames[1])
        #expect(try observed["words"].string().contains("does not contribute to the target. All values are 0.25."))
        #expect(try observed["isHidden"].string().contains("nothing"))
        #expect(try observed["smaller"].string() == Samples.hostileNames[0])
        #expect(try observed["dragged"].string() == "all detections")
        #expect(try observed["nothing"].string().contains("No value is above zero"))
    }

    @Test("Two maps have separate pickers, one zoom and, optionally, one range")
    func sideBySide() throws {
        let observed = try visit(
            try Samples.page.html(),
            """
            const ticks = (panel) => text("low", panel) + " " + text("high", panel);
            find('[data-action="sideBySide"]').click();
            set(picker("show"), "explanation"); set(picker("layer"), "backbone.layer2");
            set(picker("show", 1), "features"); set(picker("layer", 1), "backbone.layer1");
            await frame();
            const own = [ticks(0), ticks(1)];
            set(control("range"), "shown");
            await frame();
            const shown = [ticks(0), ticks(1)];
            const before = [await look(0), await look(1)];
            press("x"); press("m"); press("+");
            const after = [await look(0), await look(1)];
            point("pointermove", 48, 30, 96, 60, 1);
            const markers = [...document.querySelectorAll(".marker")].map((each) => each.hidden);
            return { own, shown, before, after, markers, reduction: picker("reduction", 1).value };
            """)
        #expect(try observed["own"].strings() == ["0 8", "1 3"])
        #expect(try observed["shown"].strings() == ["0 8", "0 8"])
        let (before, after) = (try observed["before"].strings(), try observed["after"].strings())
        #expect(before[0] != after[0] && before[1] != after[1])
        #expect(try observed["reduction"].string() == "first 3 components")
        #expect(try observed["markers"].array() == [.bool(false), .bool(false)])
    }

    @Test("Every control is reachable by Tab, has a name, and overlaps no other", arguments: [1400, 800, 420])
    func layout(width: Int) throws {
        var page = Samples.page
        page.images[0].explanations.insert(
            InspectedExplanation(
                detection: 0, method: "Grad-CAM", layer: "upsampler.level1.a.layer.with.a.long.name",
                map: Samples.slope(rows: 16, columns: 16, from: -1e-5, to: 3e-5), milliseconds: 12.5), at: 0)
        let observed = try visit(
            try page.html(), width: width,
            """
            press("s");
            await frame();
            const seen = [...document.querySelectorAll("button, select, input, canvas.canvas, [role=listbox]")]
              .filter((each) => each.offsetParent && !each.closest("dialog"));
            const name = (each) => each.getAttribute("aria-label") ?? each.getAttribute("aria-labelledby")
              ?? each.labels?.[0]?.textContent ?? each.textContent;
            const boxes = seen.map((each) => [each, each.getBoundingClientRect()]);
            const overlaps = boxes.flatMap(([one, a], index) => boxes.slice(index + 1).filter(([, b]) =>
              a.left < b.right - 1 && b.left < a.right - 1 && a.top < b.bottom - 1 && b.top < a.bottom - 1
            ).map(([other]) => one.outerHTML.slice(0, 80) + " / " + other.outerHTML.slice(0, 80)));
            return {
              nameless: seen.filter((each) => name(each).trim() === "").map((each) => each.outerHTML.slice(0, 120)),
              unreachable: seen.filter((each) => each.tabIndex < 0).map((each) => each.outerHTML.slice(0, 120)),
              outside: seen.filter((each) =>
                each.getBoundingClientRect().right > (each.closest(".panel, .viewer, body").getBoundingClientRect().right)
              ).map((each) => each.outerHTML.slice(0, 120)),
              overlaps, count: seen.length, over: document.documentElement.scrollWidth - window.innerWidth,
            };
            """)
        #expect(try observed["count"].integer() > 15)
        #expect(try observed["nameless"].strings() == [])
        #expect(try observed["unreachable"].strings() == [])
        #expect(try observed["overlaps"].strings() == [])
        #expect(try observed["outside"].strings() == [])
        #expect(try observed["over"].number() <= 0)
    }

    @Test("Errors of a page are detected")
    func errorsAreSeen() throws {
        let broken = try Samples.page.html().replacingOccurrences(of: "showImage(0);", with: "showImage(7);")
        let visit = try Browser.visit(broken, script: "return 1;")
        #expect(visit.console.contains { $0.contains("TypeError") }, "\(visit.console)")
    }
}
