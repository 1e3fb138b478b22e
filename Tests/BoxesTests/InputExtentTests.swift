import Boxes
import Testing

@Suite struct InputExtentTests {
    @Test(arguments: [
        ("640", InputExtent(side: 640)), ("480x640", InputExtent(rows: 480, columns: 640)),
        ("64x64", InputExtent(side: 64)), ("65536", InputExtent(side: 65536)),
    ])
    func heightComesBeforeWidth(text: String, extent: InputExtent) {
        #expect(InputExtent(parsing: text) == extent)
        #expect(InputExtent(parsing: extent.description) == extent)
    }

    @Test(arguments: [
        "", "x", "480x", "x640", "480x640x3", "0", "-32", "+32", "32 x 64", "480X640", "65537", "4.5", "1e2",
    ])
    func anythingElseIsRefused(text: String) {
        #expect(InputExtent(parsing: text) == nil)
    }

    @Test func descriptionsAreShortAndShapesComplete() {
        let wide = InputExtent(rows: 32, columns: 96)
        #expect("\(wide)" == "32x96" && wide.sides == "32 x 96" && wide.shape(batch: 2) == [2, 3, 32, 96])
        let square: InputExtent = 64
        #expect("\(square)" == "64" && square.sides == "64 x 64" && square.isSquare && !wide.isSquare)
    }

    @Test func refusalsNameTheNearestSizes() {
        #expect(InputExtent(side: 256).problem(multiple: 32) == nil)
        #expect(InputExtent(rows: 480, columns: 640).problem(multiple: 32) == nil)
        #expect(
            InputExtent(side: 250).problem(multiple: 32) == "is 250, but must be a multiple of 32, such as 224 or 256")
        #expect(
            InputExtent(rows: 470, columns: 640).problem(multiple: 32)
                == "is 470x640, but height and width must be multiples of 32, such as 448x640 or 480x640")
        #expect(InputExtent(side: 20).problem(multiple: 32) == "is 20, but must be a multiple of 32, such as 32")
        #expect(
            InputExtent(side: 4100).problem(multiple: 32, limit: 4096)
                == "is 4100, but must be a multiple of 32 from 32 to 4096, such as 4096")
        #expect(
            InputExtent(side: -5).problem(multiple: 32, limit: 4096)
                == "is -5, but must be a multiple of 32 from 32 to 4096, such as 32")
    }

    @Test func factorsGiveMultiples() {
        let own = InputExtent(rows: 96, columns: 160)
        #expect(own.scaled(by: 1, multiple: 64) == own)
        #expect(own.scaled(by: 0.5, multiple: 32) == InputExtent(rows: 64, columns: 96))
        #expect(own.scaled(by: 0.1, multiple: 32) == InputExtent(side: 32))
    }

    /// The whole image, as large as it fits, in the middle, and not distorted.
    @Test(arguments: [InputExtent(rows: 96, columns: 160), InputExtent(rows: 160, columns: 96), 96])
    func rectanglesShowTheWholeImage(extent: InputExtent) {
        for (width, height) in [(640, 480), (480, 640), (100, 100), (7, 900), (900, 7), (160, 96)] {
            let map = AffineMap.wholeImage(width: width, height: height, inputSize: extent)
            #expect(map.a == map.d && map.b == 0 && map.c == 0)
            let box = map(Box(xMin: 0, yMin: 0, xMax: Double(width), yMax: Double(height)))
            let (columns, rows) = (Double(extent.columns), Double(extent.rows))
            #expect(abs(box.centerX - columns / 2) < 1e-9 && abs(box.centerY - rows / 2) < 1e-9)
            #expect(box.width < columns + 1e-9 && box.height < rows + 1e-9)
            #expect(abs(box.width - columns) < 1e-9 || abs(box.height - rows) < 1e-9)
        }
    }

    /// A rectangle shows the middle of what the square around it would show.
    @Test func rectanglesAreTheMiddleOfTheSquare() {
        let square = AffineMap.square(centerX: 30, centerY: 50, side: 80, inputSize: 128, flipped: true)
        let wide = AffineMap.square(
            centerX: 30, centerY: 50, side: 80, inputSize: InputExtent(rows: 64, columns: 128), flipped: true)
        let (one, other) = (square(x: 11, y: 47), wide(x: 11, y: 47))
        #expect(one.x == other.x && abs(one.y - 32 - other.y) < 1e-9)
    }
}
