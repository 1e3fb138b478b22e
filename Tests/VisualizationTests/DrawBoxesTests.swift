import Boxes
import Images
import Tensors
import Testing
import Visualization

@Suite struct DrawBoxesTests {
    private func labelled(
        _ xMin: Double, _ yMin: Double, _ xMax: Double, _ yMax: Double, _ label: String = "", _ color: Color = .red
    ) -> LabelledBox {
        LabelledBox(box: Box(xMin: xMin, yMin: yMin, xMax: xMax, yMax: yMax), label: label, color: color)
    }

    @Test(arguments: [1, 3]) func linesAreWhereTheBoxIs(_ enlargement: Int) throws {
        let box = labelled(40, 30, 120, 100)
        let image = try drawBoxes(on: .gray(200, 150), [box], minimumSide: 200 * enlargement).image()
        #expect((image.width, image.height) == (200 * enlargement, 150 * enlargement))
        let scale = Double(enlargement)
        for y in 0..<image.height {
            for x in 0..<image.width {
                let place = (x: Double(x) + 0.5, y: Double(y) + 0.5)
                let inside = min(
                    place.x - 40 * scale, 120 * scale - place.x, place.y - 30 * scale, 100 * scale - place.y)
                let pixel = image[x, y]
                // Corners are rounded, so only the middles of the sides are red everywhere.
                let atCorner =
                    min(abs(place.x - 80 * scale), 40 * scale - 4) + 4 >= 40 * scale - 4
                    && abs(place.y - 65 * scale) > 35 * scale - 4
                if abs(inside) < 1 && !atCorner { #expect(pixel.r > 180 && pixel.g < 90) }
                if abs(inside) > 4 { #expect(pixel == (128, 128, 128)) }
            }
        }
    }

    @Test("A point is a cross of diagonals, or an upright one where a box would be dashed", arguments: [false, true])
    func points(isDashed: Bool) throws {
        let point = LabelledBox(
            box: Box(pointX: 50.5, y: 40.5), kind: .points, label: "", color: .red, dashed: isDashed)
        let image = try drawBoxes(on: .gray(100, 80), [point], minimumSide: 0).image()
        #expect(image[50, 40].r > 180)
        let (diagonal, upright) = (image[52, 42], image[53, 40])
        #expect((diagonal.r > 180) == !isDashed && (upright.r > 180) == isDashed)
        for (x, y) in [(30, 40), (50, 60), (70, 20)] { #expect(image[x, y] == (128, 128, 128)) }
    }

    @Test("A crowd of points has no labels")
    func crowds() throws {
        func drawn(_ count: Int) throws -> Image {
            let points = (0..<count).map { index in
                LabelledBox(
                    box: Box(pointX: 20 + Double(index % 10) * 4, y: 20 + Double(index / 10) * 4), kind: .points,
                    label: String(repeating: "cell ", count: 20), color: .blue)
            }
            return try drawBoxes(on: .gray(300, 300), points, minimumSide: 0).image()
        }
        func ink(_ image: Image) -> Int {
            (0..<300).reduce(0) { sum, y in sum + (100..<300).count { x in image[x, y] != (128, 128, 128) } }
        }
        #expect(try ink(drawn(1)) > 0 && ink(drawn(31)) == 0)
    }

    @Test func nothingToDrawLeavesTheImage() throws {
        let image = Image.gray(50, 40)
        #expect(try drawBoxes(on: image, [], minimumSide: 40).image() == image)
        #expect(try drawBoxes(on: image, [], minimumSide: 100).image().width == 100)
        let outside = [
            labelled(-30, 5, -1, 20, "left"), labelled(51, 5, 70, 20, "right"), labelled(5, -9, 20, -1, "above"),
            labelled(5, 41, 20, 60, "below"), labelled(.nan, 0, 9, 9, "nan"), labelled(0, 0, .infinity, 9, "far"),
            labelled(1e300, 1e300, 1e308, 1e308, "huge"),
        ]
        #expect(try drawBoxes(on: image, outside, minimumSide: 0).image() == image)
    }

    /// Boxes as an untrained network predicts them, and arbitrary texts.
    @Test func anyBoxAndAnyTextCanBeDrawn() throws {
        let edges = [-1e308, -7, 0, 12.5, 50, 1e9]
        let long = String(repeating: "very long ", count: 9_999)
        let texts = ["", "a", "Größe 細胞 🧫 e\u{301}", "two\nlines\0\u{7f}\u{ffff}", long]
        let boxes = edges.indices.flatMap { index in
            edges.map { labelled(edges[index], $0, edges[(index + 1) % 6], 20, texts[index % 5]) }
        }
        for size in [(1, 1), (1, 300), (300, 1), (90, 60)] {
            let image = try drawBoxes(on: .gray(size.0, size.1), boxes, minimumSide: 0).image()
            #expect((image.width, image.height) == size)
        }
    }

    @Test func theFirstBoxLiesOnTop() throws {
        let boxes = [labelled(20, 20, 80, 80, "", .red), labelled(20, 20, 80, 80, "", .blue)]
        #expect(try drawBoxes(on: .gray(100, 100), boxes, minimumSide: 0).image()[50, 20].r > 180)
        #expect(try drawBoxes(on: .gray(100, 100), boxes.reversed(), minimumSide: 0).image()[50, 20].b > 180)
    }

    /// A text stays as visible when its box is in a corner, or nearly outside, as when it has all the room.
    @Test func textsAreNotCutByTheBorder() throws {
        func ink(_ x: Double, _ y: Double, side: Double = 40, _ text: String = "Lymphocyte 0.93") throws -> [(Int, Int)]
        {
            let box = labelled(x, y, x + side, y + side, text, .blue)
            let image = try drawBoxes(on: .gray(400, 300), [box], minimumSide: 0).image()
            return image.places { min($0.r, $0.g, $0.b) > 190 }.map { ($0.x, $0.y) }
        }
        let whole = try ink(180, 130).count
        #expect(whole > 100)
        let corners: [(Double, Double)] = [(-38, -38), (0, 0), (360, 0), (398, 150), (0, 260), (398, 298)]
        for (x, y) in corners {
            #expect(abs(try ink(x, y).count - whole) < whole / 10, "at \((x, y))")
        }
        #expect(abs(try ink(-10, -10, side: 500).count - whole) < whole / 10)
        let long = try ink(180, 130, String(repeating: "Lymphocyte ", count: 40))
        #expect(long.allSatisfy { (2..<398).contains($0.0) } && long.contains { $0.0 > 350 })
    }

    @Test func labelsStayInsideAndApart() {
        var random = SeededGenerator(1)
        for _ in 0..<50 {
            let boxes = (0..<4).map { _ in
                Box<CanvasPixels>(
                    centerX: Double(random.integer(in: 60...240)), centerY: Double(random.integer(in: 40...160)),
                    width: Double(random.integer(in: 0...200)), height: Double(random.integer(in: 0...150)))
            }
            var placer = LabelPlacer(width: 300, height: 200, boxes: boxes)
            let labels = boxes.map { placer.place(width: 60, height: 14, for: $0) }
            for (index, label) in labels.enumerated() {
                #expect(label == label.clipped(width: 300, height: 200) && label.area == 840)
                #expect(labels[..<index].allSatisfy { $0.intersection(label).area < 1 }, "\(boxes)")
            }
        }
    }
}
