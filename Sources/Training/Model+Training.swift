import Datasets
import Networks

extension Model {
    /// Refuses data sets that this network cannot learn.
    ///
    /// - Throws: ``TrainingError``.
    func requireTraining(
        on training: DetectionDataset, validation: DetectionDataset?
    ) throws(TrainingError) {
        guard !training.samples.isEmpty else { throw .noImages(split: training.split) }
        guard training.samples.contains(where: { $0.objects.contains { !$0.isIgnored } }) else {
            throw .noObjects(split: training.split, images: training.samples.count)
        }
        for dataset in [training, validation].compactMap({ $0 }) {
            if dataset.classNames != description.classNames {
                throw .configuration([
                    "the data set has the classes \(dataset.classNames.joined(separator: ", ")), the network "
                        + description.classNames.joined(separator: ", ")
                ])
            }
            if dataset.objectKind != description.network.objectKind {
                throw .configuration([
                    "the objects of the data set are \(dataset.objectKind), but the network detects "
                        + description.network.objectKind.rawValue
                ])
            }
            if dataset.skeleton?.keypointNames != description.skeleton?.keypointNames {
                let names = [dataset.skeleton, description.skeleton].map {
                    $0?.keypointNames.joined(separator: ", ") ?? "none"
                }
                throw .configuration(["the data set has the keypoints \(names[0]), the network \(names[1])"])
            }
        }
    }
}
