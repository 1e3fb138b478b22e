import Boxes
import HeatmapTargets
import Inference
import Tensors

extension Prediction {
    /// Returns the target heatmap of training for these objects, in the shape of the predicted heatmap.
    ///
    /// - Parameter kind: Whether the objects are boxes or points; of a box among points, the centre is taken.
    package func groundTruthHeatmap(
        _ objects: [(classIndex: Int, box: Box<ImagePixels>)], kind: ObjectKind = .boxes, options: TargetOptions
    ) -> Tensor {
        let (classes, rows, columns) = (heatmap.shape[0], heatmap.shape[1], heatmap.shape[2])
        let inCells = objects.map {
            TargetObject(
                classIndex: $0.classIndex, box: imageToCells(kind == .points ? $0.box.center : $0.box), kind: kind)
        }
        return DetectionTargets.render(
            inCells, classCount: classes, objectKind: kind, rows: rows, columns: columns, options: options
        ).heatmap
    }
}
