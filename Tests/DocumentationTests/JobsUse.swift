import Foundation
import Images
import Inference
import Jobs
import Networks
import OneDNNBackend
import TestSupport
import Testing

extension CatalogueUses {
    @Test func jobs() throws {
        let temporary = try TemporaryFolder()
        let (photo, folder) = (temporary.file("photo.png"), temporary.file("results"))
        try Image(width: 64, height: 64, fill: (200, 180, 40)).writePNG(to: photo)
        let model = try Model(
            network: NetworkConfiguration(name: "compact", classCount: 1), classNames: ["cat"], inputSize: 64, seed: 1)
        let predictor = try Predictor(model: model, backend: OneDNNBackend())
        let demo = DetectionDemo(
            predictor: predictor, threshold: 0.3, maximumDetections: 20, output: try OutputFolder(folder),
            progress: { _ in })
        let results = try demo.run(ImageSource.collect([photo.path]))
        try results.throwIfSomeFailed()
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).contains { $0.hasSuffix(".png") })
    }
}
