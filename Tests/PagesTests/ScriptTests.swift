import Foundation
import JSON
import Testing

/// Expected values are computed by hand.
@Suite("The functions of the viewer's script", .enabled(if: Node.isInstalled, "there is no Node.js on the PATH"))
struct ScriptTests {
    @Test("Cells are decoded from 16 bits, and negative ones are drawn as zero")
    func maps() throws {
        // Levels 0, 32767 and 65534, the lowest byte first, and the one for values that are not finite.
        let codes = Data([0x00, 0x00, 0xff, 0x7f, 0xfe, 0xff, 0xff, 0xff]).base64EncodedString()
        let colors = Data([1, 2, 3, 4, 5, 6]).base64EncodedString()
        let seen = try Node.run(
            """
            const map = { rows: 1, columns: 4, minimum: -1, maximum: 3, values: "\(codes)" };
            const even = { rows: 2, columns: 1, minimum: 0.25, maximum: 0.25, values: "" };
            return {
              cells: cellsOf(map), rectified: drawnCells(map, true), raw: drawnCells(map, false), even: cellsOf(even),
              planes: colorPlanes({ colors: "\(colors)" }),
            };
            """)
        #expect(try seen["cells"] == [-1, 1, 3, "NaN"])
        #expect(try seen["raw"] == [-1, 1, 3, "NaN"])
        #expect(try seen["rectified"] == [0, 1, 3, "NaN"])
        #expect(try seen["even"] == [0.25, 0.25])
        #expect(try seen["planes"] == [[1, 4], [2, 5], [3, 6]])
    }

    @Test("A colormap becomes 256 pixels, red in the lowest byte")
    func colormaps() throws {
        let table = "ff8000" + String(repeating: "000000", count: 254) + "0102fe"
        let seen = try Node.run(
            settings: [("colormaps", ["test": .string(table)])],
            "const { test } = colormaps; return [test.length, test[0], test[1], test[255]];")
        #expect(seen == [256, 0x0080ff, 0, 0xfe0201])
    }

    @Test("A point of the image lies in the cell that the network's affine map gives")
    func cells() throws {
        // 32 input columns make 8 cells of 4 pixels, 64 rows make 4 cells of 16: column = x / 8, row = y / 64 + 1 / 2.
        let seen = try Node.run(
            """
            const image = { scale: [0.5, 0.25], shift: [0, 8], inputExtent: [32, 64] };
            const map = { rows: 4, columns: 8 };
            const at = (x, y) => cellAt(image, map, { x, y });
            return {
              along: toCells(image, map), inside: [at(17, 40), at(63.9, 223.9), at(0, -32)],
              outside: [at(64, 40), at(-0.1, 40), at(17, 224), at(17, -32.1)],
            };
            """)
        #expect(try seen["along"] == [["scale": 0.125, "shift": 0], ["scale": 0.015625, "shift": 0.5]])
        #expect(
            try seen["inside"] == [
                ["row": 1, "column": 2], ["row": 3, "column": 7], ["row": 0, "column": 0],
            ])
        #expect(try seen["outside"] == [nil, nil, nil, nil])
    }

    @Test("Between the centres of cells values are interpolated, beyond the outermost ones they continue")
    func neighbours() throws {
        let seen = try Node.run(
            """
            const image = { scale: [1, 1], shift: [0, 0], inputExtent: [4, 4] };
            return {
              smooth: neighbours(4, 0.25, 0.5, 2, true), cellByCell: neighbours(4, 0.25, 0.5, 2, false),
              // Of two cells of two pixels each, from pixel 1 in steps of a pixel: the places 0.75 and 1.25.
              taps: tapsFor(image, { rows: 2, columns: 2 }, { x: 1, y: 1, width: 2, height: 1, step: 1 }, true),
            };
            """)
        #expect(try seen["smooth"] == ["low": [0, 0, 0, 1], "high": [1, 1, 1, 1], "share": [0, 0.25, 0.75, 0]])
        #expect(try seen["cellByCell"] == ["low": [0, 0, 1, 1], "high": [1, 1, 1, 1], "share": [0, 0, 0, 0]])
        #expect(
            try seen["taps"] == [
                "x": ["low": [0, 0], "high": [1, 1], "share": [0.25, 0.75]],
                "y": ["low": [0], "high": [1], "share": [0.25]],
            ])
    }

    @Test("A sample is the bilinear mean of its four cells, and not a number if one of them is not")
    func samples() throws {
        let seen = try Node.run(
            """
            const taps = {
              x: { low: [0, 0], high: [1, 1], share: [0, 0.25] }, y: { low: [0, 0], high: [1, 1], share: [0, 0.5] },
            };
            const samples = (cells) => {
              const found = [];
              forEachSample(cells, 2, taps, (pixel, value) => { found[pixel] = value; });
              return found;
            };
            return { finite: samples([0, 1, 2, 3]), broken: samples([0, 1, 2, NaN]) };
            """)
        // The last: a quarter to the right between 0 and 1, and between 2 and 3; then the mean of 0.25 and 2.25.
        #expect(try seen["finite"] == [0, 0.25, 1, 1.25])
        // Only at the first, the centre of a cell, do the others not count.
        #expect(try seen["broken"] == [0, "NaN", "NaN", "NaN"])
    }

    @Test("The image is fitted into its canvas and centred, and no zoom shows background beside a larger one")
    func placement() throws {
        let seen = try Node.run(
            """
            const canvas = { clientWidth: 200, clientHeight: 100 };
            const image = { width: 50, height: 50 };
            const places = [[1, 0.5], [4, 0.5], [4, 1]].map(([zoom, center]) => {
              Object.assign(state, { zoom, centerX: center, centerY: center });
              return placement(canvas, image);
            });
            return { places, areas: places.map((place) => seenArea(canvas, image, place)) };
            """)
        #expect(
            try seen["places"] == [
                ["scale": 2, "left": 50, "top": 0], ["scale": 8, "left": -100, "top": -150],
                ["scale": 8, "left": -200, "top": -300],
            ])
        #expect(
            try seen["areas"] == [
                ["left": 50, "top": 0, "width": 100, "height": 100, "step": 0.5, "x": 0, "y": 0],
                ["left": 0, "top": 0, "width": 200, "height": 100, "step": 0.125, "x": 12.5, "y": 18.75],
                ["left": 0, "top": 0, "width": 200, "height": 100, "step": 0.125, "x": 25, "y": 37.5],
            ])
    }

    @Test("The objects at a point are those whose boxes contain it, smallest first")
    func objects() throws {
        let seen = try Node.run(
            """
            const objects = [{ box: [0, 0, 10, 10] }, { box: null }, { box: [2, 2, 6, 5] }, { box: [5, 5, 20, 20] }];
            return [[3, 3], [5, 5], [10.1, 3], [30, 30]].map(([x, y]) =>
              objectsAt(objects, { x, y }).map((each) => each.index));
            """)
        // Of areas 100, 12 and 225; the edges belong to a box.
        #expect(seen == [[2, 0], [2, 0, 3], [], []])
    }

    @Test("Points are found up to a distance, nearest first, and before boxes")
    func points() throws {
        let seen = try Node.run(
            """
            const objects = [
              { box: [0, 0, 10, 10] }, { box: [5, 2, 5, 2], isPoint: true }, { box: [2, 2, 2, 2], isPoint: true },
            ];
            return [0.5, 1, 2].map((reach) => objectsAt(objects, { x: 3, y: 2, reach }).map((each) => each.index));
            """)
        #expect(seen == [[0], [2, 0], [2, 1, 0]])
    }
}
