import Images
import Inference
import Networks
import OneDNNBackend
import Testing

extension CatalogueUses {
    @Test func inference() throws {
        let model = try Model(
            network: NetworkConfiguration(name: "compact", classCount: 2), classNames: ["cat", "dog"], inputSize: 64,
            seed: 1)
        let image = Image(width: 96, height: 64, fill: (200, 120, 40))
        let predictor = try Predictor(model: model, backend: OneDNNBackend())
        let prediction = try predictor.predict([image])[0]
        let likely = prediction.detections.filter { $0.score > 0.3 }
        let heatmap = prediction.heatmap
        #expect(heatmap.shape == [2, 16, 16])
        #expect(likely.count <= prediction.detections.count)
    }
}
