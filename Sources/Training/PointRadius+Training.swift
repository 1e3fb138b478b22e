import Datasets
import HeatmapTargets

extension PointRadius {
    /// Refuses radii that are neither one for all classes nor one for each.
    ///
    /// - Throws: ``TrainingError/configuration(_:)``.
    func requireClasses(_ dataset: DetectionDataset) throws(TrainingError) {
        let count = dataset.classNames.count
        guard dataset.objectKind == .points, cells.count != 1, cells.count != count else { return }
        throw .configuration([
            "loss.pointRadius has \(cells.count) numbers, but there \(count == 1 ? "is 1 class" : "are \(count) classes"): "
                + "give one for all, or one for each"
        ])
    }
}
