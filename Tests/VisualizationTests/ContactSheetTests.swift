import Images
import Testing
import Visualization

@Suite struct ContactSheetTests {
    private let colors = [Color.red, .blue, .black, Color(red: 0, green: 1, blue: 0), Color(red: 1, green: 0, blue: 1)]

    /// Images of one colour each, so that each is found again on the sheet.
    private func tiles(_ sizes: [(Int, Int)]) -> [(drawing: Drawing, caption: String)] {
        zip(sizes, colors).map { (Drawing(Image(width: $0.0, height: $0.1, fill: $1.bytes)), "\($0.0) × \($0.1)") }
    }

    /// Where an image is; nil unless it is a whole rectangle.
    private func frame(of color: Color, on sheet: Image) -> (left: Int, top: Int, right: Int, bottom: Int)? {
        let places = sheet.places(of: color)
        guard let left = places.map(\.x).min(), let right = places.map(\.x).max(), let top = places.map(\.y).min(),
            let bottom = places.map(\.y).max(), (right - left + 1) * (bottom - top + 1) == places.count
        else { return nil }
        return (left, top, right, bottom)
    }

    @Test func imagesStandInRowsAndKeepTheirShape() throws {
        let sizes = [(40, 30), (80, 80), (30, 40), (200, 20), (10, 10)]
        let sheet = try contactSheet(tiles(sizes), columns: 2, title: "Five").image()
        let frames = try colors.map { try #require(frame(of: $0, on: sheet)) }
        for (frame, size) in zip(frames, sizes) {
            let (width, height) = (frame.right - frame.left + 1, frame.bottom - frame.top + 1)
            #expect(abs(Double(width) / Double(height) - Double(size.0) / Double(size.1)) < 0.2)
            #expect(frame.left > 0 && frame.right < sheet.width - 1 && frame.bottom < sheet.height - 20)
        }
        for row in [0, 2] {
            #expect(frames[row].top == frames[row + 1].top && frames[row].right < frames[row + 1].left)
            let lowest = max(frames[row].bottom, frames[row + 1].bottom)
            #expect(lowest + 20 < frames[row + 2].top, "there is room for the captions")
        }
        #expect(frames.allSatisfy { frames[0].left == $0.left || frames[1].left <= $0.left })
    }

    @Test func oneOrManyOrNone() throws {
        let one = tiles([(8, 8)])
        let sheet = try contactSheet(one, columns: 5, title: "").image()
        #expect(try contactSheet(one, columns: 1, title: "").image() == sheet, "empty columns take no room")
        for columns in [0, -3, .min, .max] {
            #expect(try contactSheet(one, columns: columns, title: "").image() == sheet)
        }
        #expect(try contactSheet(one, columns: 1, title: "Title").image().height > sheet.height)
        #expect(throws: DrawingError.noTiles) { try contactSheet([], columns: 3, title: "Title").image() }
        let many = Array(repeating: one[0], count: 4_000)
        #expect(throws: DrawingError.self) { try contactSheet(many, columns: 1, title: "").image() }
    }

    @Test func anyTextAndAnyShapeFit() throws {
        let long = String(repeating: "Größe 細胞\n", count: 500)
        let tiles = [(1, 3000), (3000, 1), (1, 1)].map { (drawing: Drawing(Image.gray($0.0, $0.1)), caption: long) }
        let sheet = try contactSheet(tiles, columns: 3, title: long).image()
        let border = sheet.places { $0 != (255, 255, 255) }.filter { $0.x < 10 || $0.x >= sheet.width - 10 }
        #expect(border.isEmpty)
    }
}
