import DetectorLoading
import Foundation
import Inference
import Networks
import OneDNNBackend
import TestSupport
import Testing

extension CatalogueUses {
    @Test func detectorLoading() throws {
        let folder = try TemporaryFolder()
        let location = folder.file("model.safetensors")
        try Model(
            network: NetworkConfiguration(name: "compact", classCount: 1), classNames: ["cat"], inputSize: 64, seed: 1
        ).save(to: location)
        let detector = try Detector.load(location)
        let predictor = try Predictor(detector: detector, backend: OneDNNBackend())
        #expect(predictor.detector.classNames == ["cat"])
    }
}
