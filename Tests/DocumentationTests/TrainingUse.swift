import Datasets
import Foundation
import Networks
import OneDNNBackend
import SyntheticData
import TestSupport
import Testing
import Training

extension CatalogueUses {
    @Test func training() throws {
        let temporary = try TemporaryFolder()
        let (dataset, folder) = (temporary.file("shapes"), temporary.file("run"))
        try ShapesSynthesizer(imageCount: 4, size: 64).write(to: dataset)
        let index = try DatasetIndex(DatasetSource(root: dataset))
        var configuration = TrainingConfiguration()
        configuration.epochs = 1
        configuration.batchSize = 2
        let model = try Model(
            network: NetworkConfiguration(name: "compact", classCount: index.classNames.count),
            classNames: index.classNames,
            inputSize: 64, seed: 1)
        let trainer = try Trainer(
            model: model, training: try index.dataset(split: "train"), validation: try index.dataset(split: "val"),
            configuration: configuration, backend: OneDNNBackend(), runFolder: folder)
        let summary = try trainer.run()
        #expect(summary.epochs == 1)
        #expect(FileManager.default.fileExists(atPath: RunFolder(folder).lastWeights.path))
    }
}
