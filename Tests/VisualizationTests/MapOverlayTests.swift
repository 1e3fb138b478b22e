import Boxes
import Foundation
import Images
import Tensors
import Testing
import Visualization

@Suite struct MapOverlayTests {
    private typealias View = AffineMap<ImagePixels, MapCells>
    private let image = Image.gray(60, 45)

    private static func noise(_ rows: Int, _ columns: Int) -> Tensor {
        var random = SeededGenerator(4, rows, columns)
        return Tensor([rows, columns], elements: (0..<rows * columns).map { _ in Float(random.uniform(-2, 5)) })
    }

    /// The image part of an overlay, as large as the image.
    private func overlay(_ map: Tensor, _ view: View = View(scaleX: 0.1, scaleY: 0.1), _ style: MapStyle) throws
        -> Image
    {
        let result = try mapOverlay(image: image, map: map, imageToCells: view, style: style, minimumSide: 0).image()
        #expect(result.height > image.height)
        return result.cropped(image.width, image.height)
    }

    /// The map at a place, by its definition: half-pixel centres, edges clamped; nil outside the grid.
    private func plain(_ map: Tensor, _ x: Double, _ y: Double) -> Double? {
        let (rows, columns) = (map.shape[0], map.shape[1])
        guard x >= 0, y >= 0, x <= Double(columns), y <= Double(rows) else { return nil }
        var sum = 0.0
        for row in -1...rows {
            for column in -1...columns {
                let share = max(0, 1 - abs(Double(row) + 0.5 - y)) * max(0, 1 - abs(Double(column) + 0.5 - x))
                sum += share * Double(map[max(0, min(rows - 1, row)), max(0, min(columns - 1, column))])
            }
        }
        return sum
    }

    @Test(arguments: MapStyle.Blending.allCases, [Colormap.turbo, .gray])
    func everyPixelIsTheDefinition(_ blending: MapStyle.Blending, _ colormap: Colormap) throws {
        let map = Self.noise(5, 6)
        let views = [
            View(scaleX: 0.1, scaleY: 0.1), View(scaleX: -0.1, scaleY: 0.1, shiftX: 6),
            View(scaleX: 0.15, scaleY: 0.05, shiftX: -1, shiftY: 1),
            View(a: 0.03, b: 0.1, tx: 0.5, c: 0.1, d: -0.02, ty: -0.5),
        ]
        for view in views {
            let style = MapStyle(colormap: colormap, opacity: 0.6, blending: blending, range: -1...4)
            let result = try overlay(map, view, style)
            var outside = 0
            for y in 0..<image.height {
                for x in 0..<image.width {
                    let place = view(x: Double(x) + 0.5, y: Double(y) + 0.5)
                    let seen = result[x, y]
                    // On the very edge, rounding decides.
                    if min(abs(place.x), abs(place.y), abs(place.x - 6), abs(place.y - 5)) < 1e-9 { continue }
                    guard let value = plain(map, place.x, place.y) else {
                        outside += 1
                        #expect(seen == (128, 128, 128), "nothing is drawn outside the grid")
                        continue
                    }
                    let strength = max(0, min(1, (value + 1) / 5))
                    let alpha = blending == .uniform ? 0.6 : 0.6 * pow(strength, 0.8)
                    let color = colormap.color(strength)
                    for (seen, own) in [(seen.r, color.r), (seen.g, color.g), (seen.b, color.b)] {
                        #expect(abs(Double(seen) - 128 * (1 - alpha) - Double(own) * alpha) <= 3.5)
                    }
                }
            }
            #expect((outside == 0) == (view == views[0] || view == views[1]))
        }
    }

    @Test func coldPlacesKeepTheImageAndTheRangeIsTheCallers() throws {
        var map = Tensor([4, 6])
        map[1, 1] = 2
        let wide = try overlay(map, View(scaleX: 0.1, scaleY: 0.1), MapStyle(range: 0...200))
        #expect(zip(wide.pixels, image.pixels).allSatisfy { abs(Int($0) - Int($1)) <= 4 }, "a hundredth of the range")
        let own = try overlay(map, View(scaleX: 0.1, scaleY: 0.1), MapStyle(colormap: .gray, opacity: 1))
        #expect(own[15, 15].r > 220 && own[50, 40] == (128, 128, 128))
        var broken = map
        broken[3, 5] = .nan
        let result = try overlay(broken, View(scaleX: 0.1, scaleY: 0.1), MapStyle(blending: .uniform))
        #expect(result[57, 37] == (128, 128, 128) && result[15, 15] != (128, 128, 128))
    }

    @Test(arguments: [0, 3.5, -7, Float.nan, .infinity]) func aFlatMapIsNotColouredAndSaysSo(_ value: Float) throws {
        let flat = Tensor([3, 4], repeating: value)
        #expect(flat.spread == nil)
        let view = View(scaleX: 0.1, scaleY: 0.1)
        for style in [MapStyle(), MapStyle(blending: .uniform, range: -1...1)] {
            #expect(try overlay(flat, view, style) == image)
            // No colour anywhere, but a note.
            let whole = try mapOverlay(image: image, map: flat, imageToCells: view, style: style, minimumSide: 0)
                .image()
            let coloured = whole.places { max($0.r, $0.g, $0.b) - min($0.r, $0.g, $0.b) > 40 }.count
            #expect(coloured == 0)
            #expect(!whole.places { $0.r < 110 }.isEmpty)
            #expect(try mapAlone(flat, style: style).image().places { $0.r < 110 }.count > 50)
        }
    }

    @Test func theColourBarHasTheRangesColours() throws {
        let map = Self.noise(4, 4)
        for colormap in Colormap.allCases {
            let result = try mapOverlay(
                image: .gray(300, 200), map: map, imageToCells: View(scaleX: 1e-4, scaleY: 1e-4),
                style: MapStyle(colormap: colormap, opacity: 0), minimumSide: 0
            ).image()
            for value in [0.1, 0.5, 0.9] {
                let color = colormap.color(value)
                let found = result.places {
                    abs(Int($0.r) - Int(color.r)) + abs(Int($0.g) - Int(color.g)) + abs(Int($0.b) - Int(color.b)) < 24
                }
                #expect(found.contains { $0.y > 200 }, "\(colormap) at \(value)")
            }
        }
    }

    @Test func numbersAreShort() {
        let numbers: [(Float, String)] = [
            (0, "0"), (-0.0, "0"), (0.013249, "0.0132"), (1.5e-7, "1.5e-7"), (42, "42"), (-12345, "-1.23e4"), (1, "1"),
        ]
        for (number, text) in numbers { #expect(shortNumber(number) == text) }
    }

    @Test func cellsAreSquares() throws {
        let map = Tensor([2, 3], elements: [0, 1, 2, 3, 4, 5])
        let squares = try mapAlone(map, style: MapStyle(colormap: .gray), minimumSide: 300).image()
        #expect(squares.width == 300)
        for row in 0..<2 {
            for column in 0..<3 {
                let wanted = Int(Colormap.gray.color(Double(row * 3 + column) / 5).r)
                for (dx, dy) in [(1, 1), (50, 50), (98, 98)] {
                    #expect(Int(squares[column * 100 + dx, row * 100 + dy].g) == wanted)
                }
            }
        }
    }

    @Test func coloursAreOnePixelPerCell() throws {
        var colors = Tensor([3, 2, 2])
        (colors[0, 0, 0], colors[1, 0, 1], colors[2, 1, 0]) = (1, 2, 0.5)
        colors[0, 1, 1] = .nan
        let image = try colorImage(colors)
        #expect(image[0, 0] == (255, 0, 0) && image[1, 0] == (0, 255, 0) && image[0, 1] == (0, 0, 128))
        #expect(image[1, 1] == (0, 0, 0))
        #expect(throws: DrawingError.heatmapShape(actual: [2, 2], expected: "[3, row, column]")) {
            try colorImage(Tensor([2, 2]))
        }
    }

    @Test func boxesLieOnTop() throws {
        let box = LabelledBox(box: Box(xMin: 50, yMin: 40, xMax: 200, yMax: 150), label: "cell 0.93", color: .blue)
        let result = try mapOverlay(
            image: .gray(300, 200), map: Self.noise(4, 4), imageToCells: View(scaleX: 0.01, scaleY: 0.02),
            style: MapStyle(opacity: 0), boxes: [box], caption: "layer4", minimumSide: 600
        ).image()
        let places = result.places { $0.b > $0.r && $0.b - $0.r > 60 }
        #expect(places.contains { abs($0.x - 100) <= 2 && abs($0.y - 150) <= 2 }, "the image is enlarged twofold")
    }

    @Test func anyImageAndAnyTextHaveRoom() throws {
        let long = String(repeating: "Größe 細胞\n", count: 200)
        for (width, height) in [(1, 1), (1, 900), (900, 1), (60, 45)] {
            for side in [0, 300] {
                let result = try mapOverlay(
                    image: .gray(width, height), map: Self.noise(3, 2),
                    imageToCells: View(scaleX: 2 / Double(width), scaleY: 3 / Double(height)), caption: long,
                    minimumSide: side
                ).image()
                #expect(result.width >= 260)
            }
        }
    }

    @Test func whatCannotBeLaidOverIsRefused() {
        for view in [
            View(scaleX: 0, scaleY: 1), View(scaleX: .nan, scaleY: 1), View(scaleX: 1, scaleY: 1, shiftX: .infinity),
        ] {
            #expect(throws: DrawingError.unusableMap) { try overlay(Self.noise(2, 2), view, MapStyle()) }
        }
        for shape in [[1, 2, 2], [4], [0, 2]] {
            #expect(throws: DrawingError.heatmapShape(actual: shape, expected: "[row, column]")) {
                try overlay(Tensor(shape), View(scaleX: 1, scaleY: 1), MapStyle())
            }
            #expect(throws: DrawingError.heatmapShape(actual: shape, expected: "[row, column]")) {
                try mapAlone(Tensor(shape)).image()
            }
        }
    }

    @Test func mapsShareOneRange() {
        #expect(commonRange(of: [Self.noise(1, 1), Tensor([2, 2])]) == nil)
        let maps = [Tensor([1, 2], elements: [1, 3]), Tensor([2, 2]), Tensor([1, 3], elements: [-2, .nan, 0])]
        #expect(commonRange(of: maps) == -2...3)
    }
}
