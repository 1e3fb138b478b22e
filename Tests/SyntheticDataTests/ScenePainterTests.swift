import Boxes
import SyntheticData
import Tensors
import Testing

/// Boxes must be those of what is seen.
@Suite struct ScenePainterTests {
    private static let size = 64
    private let white = Tint(1, 1, 1), black = Tint(0, 0, 0)

    private func painter(_ random: inout SeededGenerator) -> ScenePainter {
        let pixels = [Tint](repeating: white, count: Self.size * Self.size)
        return ScenePainter(style: SceneStyle(&random), canvas: PaintedScene(size: Self.size, pixels: pixels))
    }

    private func object(
        _ form: SceneForm, at center: Point, radius: Double, _ finish: SceneLook.Finish, _ random: inout SeededGenerator
    ) -> SceneObject {
        let frame = ObjectFrame(
            center: center, radius: radius, axis: random.direction(), isMirrored: random.chance(0.5))
        return SceneObject(
            classIndex: 0, frame: frame, body: form.body(&random), look: SceneLook(black, finish: finish, &random))
    }

    private func visible(_ painter: ScenePainter) -> [PixelExtent] {
        SceneSilhouette.visibleParts(painter.silhouettes, imageSize: Self.size)
    }

    @Test(arguments: SceneForm.allCases) func theBoxIsThatOfThePaintedPixels(form: SceneForm) {
        for index in 0..<12 {
            var random = SeededGenerator(5, index)
            var painter = painter(&random)
            // Some are partly outside the image.
            let center = Point(random.uniform(4, 60), random.uniform(4, 60))
            painter.paint(object(form, at: center, radius: random.uniform(6, 34), .flat, &random))
            var painted = PixelExtent()
            for (place, pixel) in painter.canvas.pixels.enumerated() where pixel.red < 0.5 {
                painted.add(place % Self.size, place / Self.size)
            }
            let seen = visible(painter)[0]
            guard seen.count > 0, painted.count > 0 else { continue }
            // Pixels at the edge that two parts cover by a third each are painted, but belong to neither.
            #expect(abs(seen.box.xMin - painted.box.xMin) <= 1 && abs(seen.box.xMax - painted.box.xMax) <= 1)
            #expect(abs(seen.box.yMin - painted.box.yMin) <= 1 && abs(seen.box.yMax - painted.box.yMax) <= 1)
            #expect(abs(seen.count - painted.count) <= painted.count / 10 + 4, "\(form) \(index)")
        }
    }

    @Test(arguments: SceneForm.allCases) func bodiesFillTheirBounds(form: SceneForm) {
        for index in 0..<12 {
            var random = SeededGenerator(6, index)
            let body = form.body(&random)
            let (low, high) = body.bounds
            #expect(abs((high - low).max() - 2) < 1e-9)
            #expect((low + high).max() < 1e-9 && (low + high).min() > -1e-9)
            // The largest possible window, to see that nothing is outside.
            let fields = body.parts.map {
                DistanceField(
                    $0.outlines, frame: ObjectFrame(center: [60, 60], radius: 50), columns: 0..<120, rows: 0..<120)
            }
            var extent = PixelExtent()
            for y in 0..<120 {
                for x in 0..<120 where fields.contains(where: { $0.values[$0.index(x, y)] < 0 }) { extent.add(x, y) }
            }
            #expect(extent.box.xMin >= 60 + 50 * low.x - 1 && extent.box.xMax <= 60 + 50 * high.x + 1)
            #expect(extent.box.yMin >= 60 + 50 * low.y - 1 && extent.box.yMax <= 60 + 50 * high.y + 1)
            // Only the bounds of a curve that a hole was cut into, such as a crescent, are too large.
            #expect(max(extent.box.width, extent.box.height) > 88, "\(form) \(index)")
        }
    }

    @Test func whatIsInFrontHidesUnlessOneSeesThroughIt() {
        for (finish, hides) in [(SceneLook.Finish.matte, true), (.stained, false), (.clear, false), (.glowing, false)] {
            var random = SeededGenerator(1)
            var painter = painter(&random)
            painter.paint(object(.ellipse, at: [20, 32], radius: 12, .flat, &random))
            let alone = visible(painter)[0]
            painter.paint(object(.box, at: [32, 32], radius: 14, finish, &random))
            let parts = visible(painter)
            #expect((parts[0].count < alone.count) == hides)
            #expect((parts[0].box.xMax < alone.box.xMax) == hides)
            #expect(parts[1].count == painter.silhouettes[1].pixels.count)
        }
    }

    @Test func clutterHidesButIsNoObject() {
        var random = SeededGenerator(1)
        var painter = painter(&random)
        painter.paint(object(.ellipse, at: [32, 32], radius: 8, .flat, &random))
        painter.paint(object(.ellipse, at: [32, 32], radius: 28, .flat, &random), isLabelled: false)
        #expect(painter.silhouettes.map(\.classIndex) == [0, nil])
        #expect(visible(painter)[0].count == 0)
    }

    @Test func aSilhouetteCountsWhatIsOutside() {
        var random = SeededGenerator(1)
        var painter = painter(&random)
        let frame = ObjectFrame(center: [0, 32], radius: 20)
        let disc = SceneBody([ScenePart(outlines: [.disc(.zero, 1)])])
        painter.paint(
            SceneObject(classIndex: 0, frame: frame, body: disc, look: SceneLook(black, finish: .flat, &random)))
        let silhouette = painter.silhouettes[0]
        #expect(abs(Double(silhouette.wholeCount) - .pi * 400) < 12)
        #expect(silhouette.wholeCount == 2 * silhouette.pixels.count)
        #expect(visible(painter)[0].box == Box(xMin: 0, yMin: 12, xMax: 20, yMax: 52))
    }
}
