import Boxes
import DetectionLosses
import HeatmapTargets
import Tensors
import Testing

extension CatalogueUses {
    @Test func detectionLosses() throws {
        let object = TargetObject(classIndex: 0, box: Box(xMin: 2, yMin: 1, xMax: 6, yMax: 5))
        let targets = DetectionTargets.render([object], classCount: 1, rows: 8, columns: 8)
        let outputs = [
            "heatmap": Tensor([1, 1, 8, 8], repeating: -2.19), "size": Tensor([1, 2, 8, 8]),
            "offset": Tensor([1, 2, 8, 8]),
        ]
        let result = DetectionLoss().evaluate(outputs, targets: [targets])
        let slope = result.gradients["heatmap"]
        #expect(result.isFinite && abs(result[.size] - 4) < 1e-3)
        #expect(slope?.shape == [1, 1, 8, 8])
    }
}
