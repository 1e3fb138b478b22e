import Foundation
import Images
import Inference
import InspectionJobs
import Jobs
import Networks
import OneDNNBackend
import TestSupport
import Testing

extension CatalogueUses {
    @Test func inspectionJobs() throws {
        let temporary = try TemporaryFolder()
        let (photo, folder) = (temporary.file("photo.png"), temporary.file("results"))
        try Image(width: 64, height: 64, fill: (200, 180, 40)).writePNG(to: photo)
        let model = try Model(
            network: NetworkConfiguration(name: "compact", classCount: 1), classNames: ["cat"], inputSize: 64, seed: 1)
        let predictor = try Predictor(model: model, backend: OneDNNBackend())
        var request = InspectionRequest()
        request.threshold = 0.01
        request.layers = ["backbone.layer2"]
        let inspector = try ImageInspector(predictor: predictor, backend: OneDNNBackend(), request: request)
        let job = InspectionJob(
            inspector: inspector, look: MapDrawingOptions(), output: try OutputFolder(folder), progress: { _ in })
        let results = try job.run(ImageSource.collect([photo.path]))
        try results.throwIfSomeFailed()
    }
}
