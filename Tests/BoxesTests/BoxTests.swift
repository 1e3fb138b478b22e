import Boxes
import Tensors
import Testing

@Suite struct BoxTests {
    @Test func vocEdgesAreOneBasedAndInclusive() {
        let onePixel = Box<ImagePixels>(vocXMin: 5, yMin: 7, xMax: 5, yMax: 7)
        #expect(onePixel == Box(xMin: 4, yMin: 6, xMax: 5, yMax: 7))
        #expect(onePixel.area == 1)
        #expect(onePixel.voc == (5, 7, 5, 7))
    }

    @Test func intersectionOverUnionCountsCells() {
        // Compared with counting: boxes with integer edges cover whole cells.
        var random = SeededGenerator(2)
        for _ in 0..<200 {
            func box() -> Box<OutputCells> {
                let (x, y) = (random.integer(in: 0...6), random.integer(in: 0...6))
                return Box(
                    xMin: Double(x), yMin: Double(y), xMax: Double(x + random.integer(in: 0...5)),
                    yMax: Double(y + random.integer(in: 0...5)))
            }
            let (a, b) = (box(), box())
            func covers(_ box: Box<OutputCells>, _ x: Int, _ y: Int) -> Bool {
                Double(x) >= box.xMin && Double(x) < box.xMax && Double(y) >= box.yMin && Double(y) < box.yMax
            }
            var both = 0.0
            var either = 0.0
            for x in 0..<12 {
                for y in 0..<12 {
                    if covers(a, x, y) && covers(b, x, y) { both += 1 }
                    if covers(a, x, y) || covers(b, x, y) { either += 1 }
                }
            }
            #expect(abs(a.intersectionOverUnion(b) - (either > 0 ? both / either : 0)) < 1e-12)
            #expect(a.intersectionOverUnion(b) == b.intersectionOverUnion(a))
        }
    }

    @Test func invertedBoxesAreEmpty() {
        let box = Box<ImagePixels>(xMin: 4, yMin: 0, xMax: 2, yMax: 5)
        #expect(box.isEmpty)
        #expect(box.area == 0)
        #expect(box.intersectionOverUnion(Box(xMin: 0, yMin: 0, xMax: 9, yMax: 9)) == 0)
    }
}

@Suite struct AffineMapTests {
    @Test func theInverseTakesEveryPointBack() throws {
        let map = AffineMap<ImagePixels, InputPixels>(a: 0.7, b: -0.2, tx: 13, c: 0.1, d: 1.9, ty: -4)
        let inverse = try #require(map.inverse)
        for (x, y) in [(0.0, 0.0), (3, -8), (512.5, 17.25)] {
            let moved = map(x: x, y: y)
            let back = inverse(x: moved.x, y: moved.y)
            #expect(abs(back.x - x) < 1e-9 && abs(back.y - y) < 1e-9)
        }
        #expect(AffineMap<ImagePixels, InputPixels>(a: 1, b: 2, tx: 0, c: 2, d: 4, ty: 0).inverse == nil)
    }

    @Test func theWholeImageFillsASquareInput() {
        let map = AffineMap.wholeImage(width: 640, height: 480, inputSize: 256)
        #expect(map(x: 0, y: 240) == (0, 128))
        #expect(map(x: 640, y: 240) == (256, 128))
        #expect(map(x: 320, y: 0) == (128, 32))
        let cells = map.followed(by: .outputStride(4))
        #expect(cells(Box(xMin: 0, yMin: 0, xMax: 640, yMax: 480)) == Box(xMin: 0, yMin: 8, xMax: 64, yMax: 56))
    }

    @Test func aFlippedViewMirrorsTheInput() {
        let plain = AffineMap.square(centerX: 100, centerY: 80, side: 120, inputSize: 60)
        let flipped = AffineMap.square(centerX: 100, centerY: 80, side: 120, inputSize: 60, flipped: true)
        for x in [40.0, 100, 131] {
            let (left, right) = (plain(x: x, y: 90), flipped(x: x, y: 90))
            #expect(abs(left.x + right.x - 60) < 1e-9 && abs(left.y - right.y) < 1e-9)
        }
    }
}
