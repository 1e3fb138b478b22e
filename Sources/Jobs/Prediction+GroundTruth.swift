import Boxes
import HeatmapTargets
import Inference
import Tensors

extension Prediction {
    /// Returns the target heatmap of training for these objects, in the shape of the predicted heatmap.
    package func groundTruthHeatmap(
        _ objects: [(classIndex: Int, box: Box<ImagePixels>)], options: TargetOptions
    ) -> Tensor {
        let (classes, rows, columns) = (heatmap.shape[0], heatmap.shape[1], heatmap.shape[2])
        let inCells = objects.map { TargetObject(classIndex: $0.classIndex, box: imageToCells($0.box)) }
        return DetectionTargets.render(inCells, classCount: classes, rows: rows, columns: columns, options: options)
            .heatmap
    }
}
