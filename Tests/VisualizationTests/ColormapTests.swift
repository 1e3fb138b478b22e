import Tensors
import Testing
import Visualization

@Suite struct ColormapTests {
    private static let fifths: [Double] = [0, 0.25, 0.5, 0.75, 1]

    /// Each map at 0, ¼, ½, ¾ and 1, from matplotlib's tables.
    private static let published: [Colormap: [(Int, Int, Int)]] = [
        .viridis: [(68, 1, 84), (59, 82, 139), (33, 145, 140), (92, 200, 99), (253, 231, 37)],
        .magma: [(0, 0, 4), (81, 18, 124), (183, 55, 121), (251, 135, 97), (252, 253, 191)],
        .turbo: [(48, 18, 59), (40, 188, 235), (164, 252, 60), (251, 129, 34), (122, 4, 3)],
        .jet: [(0, 0, 128), (0, 128, 255), (128, 255, 128), (255, 128, 0), (128, 0, 0)],
        .hsv: [(255, 0, 0), (128, 255, 0), (0, 255, 255), (128, 0, 255), (255, 0, 0)],
        .gray: [(0, 0, 0), (64, 64, 64), (128, 128, 128), (191, 191, 191), (255, 255, 255)],
    ]

    @Test(arguments: Colormap.allCases) func mapsAreThePublishedOnes(_ map: Colormap) throws {
        for (value, expected) in zip(Self.fifths, try #require(Self.published[map])) {
            let color = map.color(value)
            let difference = [Int(color.r) - expected.0, Int(color.g) - expected.1, Int(color.b) - expected.2]
            #expect(difference.allSatisfy { abs($0) <= 3 }, "\(map)(\(value)) is \(color), not \(expected)")
        }
    }

    @Test(arguments: Colormap.allCases) func nothingLiesBeyondTheEnds(_ map: Colormap) {
        for low in [-0.0, -1e-9, -5, -Double.infinity, .nan] { #expect(map.color(low) == map.color(0)) }
        for high in [1 + 1e-9, 7, Double.infinity] { #expect(map.color(high) == map.color(1)) }
    }

    /// Smooth numbers give smooth colours.
    @Test(arguments: Colormap.allCases) func smallStepsStaySmall(_ map: Colormap) {
        let colors = (0...1000).map { map.color(Double($0) / 1000) }
        for (one, next) in zip(colors, colors.dropFirst()) {
            let steps = zip([one.r, one.g, one.b], [next.r, next.g, next.b]).map { abs(Int($0) - Int($1)) }
            #expect(steps.allSatisfy { $0 <= 3 }, "\(map): \(one) to \(next)")
        }
    }

    @Test(arguments: [Colormap.viridis, .magma, .gray]) func moreIsBrighter(_ map: Colormap) {
        let luminances = (0...64).map { step in
            let color = map.color(Double(step) / 64)
            return Color(red: Double(color.r) / 255, green: Double(color.g) / 255, blue: Double(color.b) / 255)
                .contrast(with: .black)
        }
        #expect(zip(luminances, luminances.dropFirst()).allSatisfy { $0 < $1 })
    }

    @Test func aMapOfNumbersIsAImageCellByCell() throws {
        let numbers = Tensor([2, 3], elements: [2, 3, 4, .nan, -9, 9])
        let image = try heatmapImage(numbers, colormap: .gray, range: 2...4)
        #expect((image.width, image.height) == (3, 2))
        #expect((0..<6).map { image[$0 % 3, $0 / 3].g } == [0, 128, 255, 0, 0, 255])
        #expect(try heatmapImage(numbers, range: 2...2).width == 3)
        for shape in [[6], [1, 2, 3], [0, 3]] {
            let count = shape.reduce(1, *)
            #expect(throws: DrawingError.heatmapShape(actual: shape, expected: "[row, column]")) {
                try heatmapImage(Tensor(shape, elements: [Float](repeating: 0, count: count)))
            }
        }
    }
}
