import Boxes
import Foundation
import Images
import Tensors
import Testing
import Visualization

@Suite struct HeatmapOverlayTests {
    private typealias View = AffineMap<ImagePixels, OutputCells>
    private let image = Image.gray(60, 45)

    /// The image part of an overlay, as large as the image.
    private func overlay(_ heatmap: Tensor, _ map: View = View(scaleX: 0.1, scaleY: 0.1)) throws -> Image {
        let names = (0..<heatmap.shape[0]).map { "class \($0)" }
        let result = try heatmapOverlay(
            image: image, heatmap: heatmap, imageToCells: map, classNames: names, minimumSide: 0
        ).image()
        #expect(result.width == image.width && result.height > image.height)
        return result.cropped(image.width, image.height)
    }

    @Test(arguments: [0, -1, Float.nan, -Float.infinity]) func coldKeepsTheImage(_ cold: Float) throws {
        let heatmap = Tensor([2, 5, 6], elements: [Float](repeating: cold, count: 60))
        #expect(try overlay(heatmap) == image)
    }

    /// For any transform, a peak colours the pixels of its cell and its neighbours, most strongly at its centre, and no others.
    @Test func peaksAreWhereTheirCellsAre() throws {
        let maps: [View] = [
            View(scaleX: 0.1, scaleY: 0.1), View(scaleX: -0.1, scaleY: 0.1, shiftX: 6),
            View(scaleX: 0.15, scaleY: 0.05, shiftX: -1, shiftY: 1),
            View(a: 0, b: 0.1, tx: 0.5, c: 0.1, d: 0, ty: -0.5),
        ]
        for map in maps {
            for (classIndex, row, column) in [(0, 1, 2), (1, 3, 4), (1, 2, 1)] {
                var heatmap = Tensor([2, 5, 6])
                heatmap[classIndex, row, column] = 1
                let result = try overlay(heatmap, map)
                let color = Palette.color(classIndex).bytes
                var strongest = (change: 0, cell: [0, 0])
                for (x, y) in image.places(of: Color(red: 128 / 255, green: 128 / 255, blue: 128 / 255)) {
                    let place = map(x: Double(x) + 0.5, y: Double(y) + 0.5)
                    let change = [
                        Int(result[x, y].r) - 128, Int(result[x, y].g) - 128, Int(result[x, y].b) - 128,
                    ]
                    let far = abs(place.x - 0.5 - Double(column)) >= 1 || abs(place.y - 0.5 - Double(row)) >= 1
                    if far { #expect(change == [0, 0, 0]) }
                    let wanted = [Int(color.r) - 128, Int(color.g) - 128, Int(color.b) - 128]
                    #expect(zip(change, wanted).allSatisfy { $0 * $1 >= 0 && abs($0) <= abs($1) })
                    let sum = change.reduce(0) { $0 + abs($1) }
                    if sum > strongest.change { strongest = (sum, [Int(place.y), Int(place.x)]) }
                }
                #expect(strongest.change > 100 && strongest.cell == [row, column])
            }
        }
    }

    /// 0.9 times the 0.65th power of the heat above the last percent, which is not drawn.
    @Test(arguments: [0, 0.005, 0.01, 0.011, 0.02, 0.1, 0.37, 0.5, 0.999, 1]) func heatIsAsOpaque(_ heat: Float) throws
    {
        let result = try overlay(Tensor([1, 5, 6], elements: [Float](repeating: heat, count: 30)))
        let alpha = 0.9 * pow(max(0, heat - 0.01) / 0.99, 0.65)
        let color = Palette.color(0).bytes
        for (x, y) in [(0, 0), (31, 22), (59, 44)] {
            for (seen, full) in [(result[x, y].r, color.r), (result[x, y].g, color.g), (result[x, y].b, color.b)] {
                #expect(abs(Float(seen) - 128 - alpha * (Float(full) - 128)) <= 1.5)
            }
        }
    }

    @Test func theHottestClassShows() throws {
        var heatmap = Tensor([3, 5, 6])
        for index in 0..<30 {
            (heatmap[0, index / 6, index % 6], heatmap[1, index / 6, index % 6]) = (0.4, 0.7)
            heatmap[2, index / 6, index % 6] = index % 6 < 3 ? 50 : 0
        }
        let result = try overlay(heatmap)
        // Heat above 1 counts as 1, whose colour hides nine tenths of the image.
        let (hot, color) = (result[5, 5], Palette.color(2).bytes)
        for (seen, own) in [(hot.r, color.r), (hot.g, color.g), (hot.b, color.b)] {
            #expect(abs(Double(seen) - 0.9 * Double(own) - 12.8) <= 1)
        }
        // Class 1 is blue.
        #expect(result[55, 5].r < 128 && result[55, 5].b > 128)
    }

    @Test func theLegendNamesTheHottestOfManyClasses() throws {
        var heatmap = Tensor([120, 5, 6])
        heatmap[119, 2, 2] = 0.9
        let names = (0..<120).map { ["", "Lymphozyt", "細胞 <&>", String(repeating: "long ", count: 99)][$0 % 4] }
        for width in [1, 60, 400] {
            let result = try heatmapOverlay(
                image: .gray(width, 300), heatmap: heatmap, imageToCells: View(scaleX: 1e-3, scaleY: 1e-3),
                classNames: names, minimumSide: 0
            ).image()
            if width > 1 { #expect(result.places(of: Palette.color(119)).contains { $0.y >= 300 }) }
        }
    }

    /// A transform without rotation or shear is drawn row by row; one with too little of either to matter, pixel by pixel.
    @Test func rowsAndPixelsGiveTheSame() throws {
        for seed in 0..<20 {
            var random = SeededGenerator(8, seed)
            // Many cells are cold, whole rows among them.
            let cells = (0..<2 * 30).map { index in
                index % 30 / 6 == seed % 5 || random.uniform(0, 1) < 0.5 ? 0 : Float(random.uniform(0, 1))
            }
            let heatmap = Tensor([2, 5, 6], elements: cells)
            var map = View(
                scaleX: 6 / Double(image.width) * random.uniform(0.5, 2),
                scaleY: 5 / Double(image.height) * random.uniform(0.5, 2), shiftX: random.uniform(-2, 2),
                shiftY: random.uniform(-2, 2))
            let straight = try overlay(heatmap, map)
            (map.b, map.c) = (1e-300, -1e-300)
            #expect(try overlay(heatmap, map) == straight)
        }
    }

    @Test func whatCannotBeLaidOverIsRefused() {
        for place in 0..<6 {
            var numbers: [Double] = [1, 0, 0, 0, 1, 0]
            numbers[place] = .nan
            let map = View(
                a: numbers[0], b: numbers[1], tx: numbers[2], c: numbers[3], d: numbers[4], ty: numbers[5])
            #expect(throws: DrawingError.unusableMap, "\(numbers)") { try overlay(Tensor([1, 2, 2]), map) }
        }
        #expect(throws: DrawingError.unusableMap) { try overlay(Tensor([1, 2, 2]), View(scaleX: 0, scaleY: 1)) }
        #expect(throws: DrawingError.self) { try overlay(Tensor([1, 0, 2])) }
        #expect(throws: DrawingError.classCount(heatmap: 1, names: 0)) {
            try heatmapOverlay(
                image: image, heatmap: Tensor([1, 2, 2]), imageToCells: View(scaleX: 1, scaleY: 1), classNames: []
            ).image()
        }
    }
}
