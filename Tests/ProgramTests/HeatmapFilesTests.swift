import Foundation
import Images
import Inference
import Networks
import OneDNNBackend
import Tensors
import TestSupport
import Testing
import Visualization

/// What the files of `pinpoint heatmap` contain, number by number.
@Suite("Saved heatmaps are what the network predicts")
struct HeatmapFilesTests {
    private let folder: TemporaryFolder
    private let model: Model
    /// `[class, row, column]`, as saved.
    private let map: Tensor
    private var area: Int { map.shape[1] * map.shape[2] }

    private static let image = Repository.file("Data/Shapes/JPEGImages/000003.jpg")

    init() throws {
        folder = try TemporaryFolder()
        let run = try Fixture.shapesRun.get()
        model = try Model.load(run)
        // No score is above 1, so that no boxes are drawn.
        let outcome = try Program.run(
            [
                "heatmap", Self.image.path, "--model", run.path, "--output", "maps", "--threshold", "1", "--precision",
                "float32", "--threads", "1",
            ], in: folder.url)
        try #require(outcome.status == 0, "\(outcome.errors)")
        map = try Tensor(npy: Data(contentsOf: folder.file("maps/000003.npy")))
        try #require(map.shape == [4, 24, 24])
        // A flat map would be equal to anything.
        #expect(map.elements.max() ?? 0 > 0.2 && map.elements.min() ?? 1 < 0.1)
    }

    @Test("The 16-bit image of a class has its values in steps of 1/65535, row by row")
    func grayImages() throws {
        for (index, name) in model.classNames.enumerated() {
            let image = try Gray16Image(contentsOf: folder.file("maps/000003.\(name).png"))
            #expect((image.width, image.height) == (map.shape[2], map.shape[1]))
            let expected = map.elements[index * area..<(index + 1) * area].map { UInt16((65535 * $0).rounded()) }
            #expect(image.pixels == expected, "\(name)")
        }
    }

    @Test("The array is the prediction of the same model in this process")
    func array() throws {
        let predictor = try Predictor(model: model, backend: OneDNNBackend())
        let image = try predictor.read(Self.image)
        let prediction = try Parallel.withWorkers(1) { try predictor.predict([image])[0] }
        #expect(prediction.heatmap.shape == map.shape)
        let differences = zip(prediction.heatmap.elements, map.elements).map { abs($0 - $1) }
        #expect(differences.max() ?? 1 <= 1e-6)
    }

    /// Between the cells' centres the drawing interpolates, and classes may change places; so pixels are compared at centres.
    @Test("The overlay covers the photograph most where the values are highest")
    func overlay() throws {
        let overlay = try Image(contentsOf: folder.file("maps/000003.heatmap.png"))
        let photograph = try Image(contentsOf: Self.image)
        // A legend lies below the photograph.
        let height = overlay.width * photograph.height / photograph.width
        let below = photograph.resized(width: overlay.width, height: height)
        let (rows, columns) = (map.shape[1], map.shape[2])
        let cells = (0..<area).map { cell in
            let values = model.classNames.indices.map { map.elements[$0 * area + cell] }
            return values.enumerated().max { $0.element < $1.element } ?? (0, 0)
        }
        let covers = cells.indices.map { cell in
            let x = (2 * (cell % columns) + 1) * overlay.width / (2 * columns)
            let y = (2 * (cell / columns) + 1) * height / (2 * rows)
            return Self.cover(overlay[x, y], over: below[x, y], by: Palette.color(cells[cell].offset))
        }
        let values = cells.map { Double($0.element) }
        func highest(_ numbers: [Double]) -> Int? { numbers.indices.max { numbers[$0] < numbers[$1] } }
        #expect(highest(covers) == highest(values))
        #expect(Self.correlation(values, covers) > 0.9)
    }

    /// How opaque a colour was painted, in `0...1`: the share of the way from the pixel below to the colour.
    private static func cover(
        _ pixel: (r: UInt8, g: UInt8, b: UInt8), over below: (r: UInt8, g: UInt8, b: UInt8), by color: Color
    ) -> Double {
        let start = SIMD3(Double(below.r), Double(below.g), Double(below.b))
        let way = 255 * SIMD3(color.red, color.green, color.blue) - start
        let gone = SIMD3(Double(pixel.r), Double(pixel.g), Double(pixel.b)) - start
        return (gone * way).sum() / (way * way).sum()
    }

    private static func correlation(_ first: [Double], _ second: [Double]) -> Double {
        func centered(_ values: [Double]) -> [Double] {
            let mean = values.reduce(0, +) / Double(values.count)
            return values.map { $0 - mean }
        }
        func product(_ first: [Double], _ second: [Double]) -> Double { zip(first, second).map(*).reduce(0, +) }
        let (first, second) = (centered(first), centered(second))
        return product(first, second) / (product(first, first) * product(second, second)).squareRoot()
    }
}
