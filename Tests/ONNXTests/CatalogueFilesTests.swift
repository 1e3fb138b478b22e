import Boxes
import Foundation
import Graphs
import ONNX
import OperatorCases
import Operators
import PeakDecoding
import Tensors
import Testing

private let folder = ProcessInfo.processInfo.environment["PINPOINT_ONNX_CASES"].map { URL(fileURLWithPath: $0) }

/// With `PINPOINT_ONNX_CASES=DIR`, the cases of all operators, and decodings, are written to a folder with their expected results, for
/// `Tools/Checks/onnx_operators.py` to compare with ONNX Runtime.
@Suite(.enabled(if: folder != nil)) struct CatalogueFilesTests {
    private func write(_ name: String, _ file: Data, _ arrays: [String: Tensor]) throws {
        let place = try #require(folder).appendingPathComponent(name.replacing("/", with: " by "))
        try FileManager.default.createDirectory(at: place, withIntermediateDirectories: true)
        try file.write(to: place.appendingPathComponent("model.onnx"))
        for (name, tensor) in arrays { try tensor.npyData().write(to: place.appendingPathComponent("\(name).npy")) }
    }

    @Test func operators() throws {
        for (number, example) in OperatorCatalogue.cases.enumerated() {
            let graph = example.graph
            let store = ParameterStore(for: graph, seed: 3)
            let inputs = example.randomInputs(seed: 17)
            let program = try ReferenceBackend().compile(
                graph, parameters: store, inputs: example.inputShapes, mode: .inference)
            let outputs = try program.forward(inputs)
            try write(
                "\(number) \(example)", try exportONNX(graph, parameters: store, inputs: example.inputShapes),
                inputs.merging(outputs) { first, _ in first })
        }
    }

    /// Heatmaps with few different values, so that neighbours and peaks are often equal; the last case has fewer peaks than requested.
    @Test(arguments: [(8, 1.0, 5, false), (6, 0.5, 40, true), (7, 2.0, 100, true), (5, 4.0, 300, false)])
    func decodings(rows: Int, step: Double, top: Int, isFree: Bool) throws {
        let (classes, columns, stride) = (3, 9, 4)
        var graph = Graph()
        for name in ["heatmap", "size", "offset"] { graph.output(name, graph.input("\(name)_map")) }
        func shapes(_ batch: Int, _ rows: Int, _ columns: Int) -> [String: [Int]] {
            Dictionary(
                uniqueKeysWithValues: [("heatmap", classes), ("size", 2), ("offset", 2)].map {
                    ("\($0.0)_map", [batch, $0.1, rows, columns])
                })
        }
        var options = ONNXExportOptions()
        options.decode = ONNXDecoding(top: top, stride: stride)
        (options.dynamicBatch, options.dynamicSize) = (isFree, isFree)
        // The free extents in the file differ from those of the inputs at run time.
        let declared = isFree ? shapes(1, 4, 4) : shapes(2, rows, columns)
        let file = try exportONNX(graph, parameters: ParameterStore(for: graph), inputs: declared, options: options)

        var random = SeededGenerator(5, rows)
        var maps: [String: Tensor] = [:]
        for (name, shape) in shapes(2, rows, columns) {
            let isHeatmap = name == "heatmap_map"
            maps[name] = Tensor(
                shape,
                elements: (0..<shape.reduce(1, *)).map { _ in
                    isHeatmap ? Float((random.uniform(-4, 4) / step).rounded() * step) : Float(random.uniform(-0.5, 3))
                })
        }
        let limit = min(top, classes * rows * columns)
        var (boxes, scores, labels) = (Tensor([2, limit, 4]), Tensor([2, limit]), Tensor([2, limit]))
        for image in 0..<2 {
            let size: Tensor = try #require(maps["size_map"])
            let found = PeakDecoder(maximumDetections: top).decode(
                heatmapLogits: try #require(maps["heatmap_map"]), size: size,
                offset: try #require(maps["offset_map"]), image: image)
            for (place, detection) in found.enumerated() {
                let box = detection.box
                for (edge, value) in [box.xMin, box.yMin, box.xMax, box.yMax].enumerated() {
                    boxes[image, place, edge] = Float(value * Double(stride))
                }
                scores[image, place] = detection.score
                labels[image, place] = Float(detection.classIndex)
            }
        }
        maps.merge(["boxes": boxes, "scores": scores, "classes": labels]) { first, _ in first }
        try write("decoding of \(rows) rows, the best \(top)", file, maps)
    }
}
