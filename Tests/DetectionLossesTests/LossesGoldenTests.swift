import DetectionHeads
import DetectionLosses
import HeatmapTargets
import JSON
import Tensors
import TestSupport
import Testing

@Suite struct LossesGoldenTests {
    @Test func valuesAndGradientsAgree() throws {
        for entry in try Golden.load("losses")["cases"].array() {
            let logits = try entry["logits"].tensor()
            let result = DetectionLoss().evaluate(
                ["heatmap": logits, "size": try entry["size"].tensor(), "offset": try entry["offset"].tensor()],
                targets: try targets(entry["target"]))
            expectClose(result[.heatmap], try entry["focal"].number())
            expectClose(result[.size], try entry["sizeL1"].number())
            expectClose(result[.offset], try entry["offsetL1"].number())
            expectClose(result.total, try entry["total"].number())
            let gradients = try entry["gradients"]
            #expect(relativeDifference(result.gradient(.heatmap), try gradients["logits"].tensor()) < 1e-5)
            #expect(relativeDifference(result.gradient(.size), try gradients["size"].tensor()) < 1e-5)
            #expect(relativeDifference(result.gradient(.offset), try gradients["offset"].tensor()) < 1e-5)
        }
    }

    private func expectClose(_ value: Double, _ expected: Double) {
        #expect(abs(value - expected) <= 1e-5 * max(abs(expected), 1e-3), "\(value), not \(expected)")
    }

    /// Reads the golden format: flat cell indices, with a mask of those that are objects.
    private func targets(_ target: JSONValue) throws -> [DetectionTargets] {
        let heatmap = try target["heatmap"].tensor()
        let (index, mask) = (try target["index"].tensor(), try target["mask"].tensor())
        let (size, offset) = (try target["size"].tensor(), try target["offset"].tensor())
        let shape = Array(heatmap.shape.dropFirst())
        let (columns, count) = (shape[2], shape.reduce(1, *))
        return (0..<heatmap.shape[0]).map { image in
            let own = Tensor(shape, elements: heatmap.elements[image * count..<(image + 1) * count])
            let centers = (0..<index.shape[1]).filter { mask[image, $0] > 0 }.map { slot in
                let cell = Int(index[image, slot])
                let (row, column) = (cell / columns, cell % columns)
                return DetectionTargets.Center(
                    classIndex: (0..<shape[0]).first { own[$0, row, column] == 1 } ?? 0, row: row, column: column,
                    width: size[image, slot, 0], height: size[image, slot, 1],
                    offsetX: offset[image, slot, 0], offsetY: offset[image, slot, 1])
            }
            return DetectionTargets(heatmap: own, centers: centers)
        }
    }
}
