import Boxes
import Images
import Tensors
import Testing
import Visualization

@Suite struct MapSheetTests {
    private let view = AffineMap<ImagePixels, MapCells>(scaleX: 0.1, scaleY: 0.1)
    private let layers = ["backbone.layer4.1.conv2", "upsampler.level3.upsample", "h"]

    private func map(_ seed: UInt64, scale: Float = 1) -> Tensor {
        var random = SeededGenerator(seed)
        return Tensor([4, 5], elements: (0..<20).map { _ in scale * Float(random.uniform()) })
    }

    private func sheet(_ style: MapStyle, tiles: Int = 3, rows: Int = 2) -> MapSheet {
        MapSheet(
            title: "Where detections come from", columnHeadings: ["image"] + layers.prefix(tiles),
            rows: (0..<rows).map { row in
                MapSheet.Row(
                    heading: "\(row): Platelets 0.9\(row)",
                    tiles: [.init(.image(.gray(50, 40)))]
                        + (0..<tiles).map { column in
                            .init(.overlay(.gray(50, 40), map: map(UInt64(row * 9 + column)), imageToCells: view))
                        })
            }, style: style)
    }

    /// The columns of pixels in which anything is drawn within some rows of pixels.
    private func inkColumns(_ image: Image, _ rows: Range<Int>) -> Set<Int> {
        Set(image.places { max($0.r, $0.g, $0.b) < 120 }.filter { rows.contains($0.y) }.map(\.x))
    }

    @Test(arguments: [80, 150, 420]) func headingsStayAboveTheirTilesHoweverNarrow(_ tileWidth: Int) throws {
        let style = MapStyle(opacity: 0, range: 0...1)
        let image = try sheet(style).drawing(tileWidth: tileWidth).image()
        let gray = image.places { $0 == (128, 128, 128) }
        let top = try #require(gray.map(\.y).min())
        let columns = Set(gray.filter { $0.y == top }.map(\.x))
        // Headings are written right above the tiles, between 60 pixels and the tiles' top, after the title and the bar.
        let ink = inkColumns(image, max(90, top - 30)..<top - 2)
        #expect(!ink.isEmpty)
        #expect(ink.isSubset(of: columns), "no letter is beyond its tile, so none runs into another heading")
        let left = try #require(columns.min())
        #expect(inkColumns(image, top..<image.height).contains { $0 < left }, "rows have headings, too")
        #expect(inkColumns(image, top..<image.height).allSatisfy { $0 < left - 2 || columns.contains($0) })
    }

    @Test func oneBarWhenARangeIsSharedElseOneForEachMap() throws {
        // Colours: grey tiles and text have none.
        func coloured(_ image: Image) -> [(x: Int, y: Int)] {
            image.places { max($0.r, $0.g, $0.b) - min($0.r, $0.g, $0.b) > 100 }
        }
        let shared = coloured(try sheet(MapStyle(opacity: 0, range: 0...1)).drawing().image())
        let own = coloured(try sheet(MapStyle(opacity: 0)).drawing().image())
        func bands(_ places: [(x: Int, y: Int)]) -> Int {
            let rows = Set(places.map(\.y))
            return rows.count { !rows.contains($0 - 1) }
        }
        #expect(bands(shared) == 1 && bands(own) == 2)
        #expect(own.count > 3 * shared.count)
    }

    @Test func aFlatMapSaysSoBelowItsTile() throws {
        var sheet = sheet(MapStyle(opacity: 0, range: 0...1), tiles: 1, rows: 1)
        let before = try sheet.drawing().image()
        sheet.rows[0].tiles[1].content = .overlay(.gray(50, 40), map: Tensor([4, 5]), imageToCells: view)
        let after = try sheet.drawing().image()
        #expect(after.height > before.height, "there is one more line")
        sheet.rows[0].tiles[1] = .init(.map(map(5)), flatNote: "flat: the same everywhere")
        #expect(
            try sheet.drawing().image().places { max($0.r, $0.g, $0.b) - min($0.r, $0.g, $0.b) > 100 && $0.r > 0 }
                .allSatisfy {
                    $0.y < 100
                })
    }

    @Test func channelsStandInAGridWithTheirCaptions() throws {
        let tiles = (0..<7).map { MapSheet.Tile(.map(map(UInt64($0))), caption: "channel \($0)") }
        let sheet = MapSheet(title: "backbone.layer2", tiles: tiles, columns: 3, style: MapStyle(range: 0...1))
        #expect(sheet.rows.map(\.tiles.count) == [3, 3, 1])
        let image = try sheet.drawing(tileWidth: 100).image()
        #expect(image.width < 3 * 140)
        #expect(throws: DrawingError.noTiles) { try MapSheet(title: "", tiles: [], columns: 3).drawing().image() }
    }

    @Test func anythingFitsAnywhere() throws {
        let long = String(repeating: "upsampler.level3-細胞_\n", count: 60)
        let colors = Tensor([3, 2, 9], repeating: 0.3)
        let contents: [MapSheet.Content] = [
            .empty, .colors(colors), .map(map(1)), .image(.gray(1, 900)), .image(.gray(900, 1)),
            .image(
                .gray(40, 40),
                boxes: [LabelledBox(box: Box(xMin: 1, yMin: 2, xMax: 30, yMax: 30), label: long, color: .red)]),
        ]
        let image = try MapSheet(
            title: long, columnHeadings: [long, "", "x"],
            rows: [
                .init(heading: long, tiles: contents.map { .init($0, caption: long) }), .init(heading: long, tiles: []),
            ]
        ).drawing(tileWidth: 90).image()
        let border = image.places { $0 != (255, 255, 255) }.filter { $0.x < 10 || $0.x >= image.width - 10 }
        #expect(border.isEmpty)
    }
}
