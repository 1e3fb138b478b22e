import Foundation
import Images
import Inference
import Inspection
import JSON
import Networks

/// Times Grad-CAM of the highest peaks of one picture at the last three stages of a network's trunk: from the normalized input to
/// the maps, the peaks being known.
struct ExplainBenchmark {
    let settings: Benchmark

    func run() throws -> BenchmarkReport {
        let source = try DemoSource(settings)
        let model = try Model.load(source.model)
        let picture = try ScaledImage(contentsOf: source.picture, longerSide: Double(model.inputSize))
        let backend = settings.backend.backend
        let predictor = try Predictor(model: model, backend: backend)
        let explainer = Explainer(
            try Inspector(graph: model.graph, parameters: model.parameters, backend: backend))
        let peaks = try predictor.predict([picture])[0].detections.prefix(settings.batchSize)
        let targets = peaks.enumerated().compactMap { index, peak in
            Target.quantity(
                .score, of: peak, by: predictor.detector.decoder, name: "\(index)", imagePixels: (1, 1))
        }
        let input = predictor.input(for: picture).tensor
        let layers = ["backbone.layer2", "backbone.layer3", "backbone.layer4"]
        func once() throws {
            for explanation in try explainer.explain(input, by: .gradCAM, layers: layers, targets: targets) {
                _ = explanation.combined(rows: model.inputSize, columns: model.inputSize)
            }
        }
        try once()
        let runs = try (0..<settings.runs).map { _ in try seconds(once) }
        var measured = settings
        (measured.network, measured.inputSize) = (model.network, model.inputSize)
        var report = BenchmarkReport(
            "Grad-CAM of \(targets.count) detections at \(layers.count) layers of \(model.network.name), "
                + "\(model.inputSize)x\(model.inputSize)",
            runs: runs, images: 1, settings: measured.networkSettings)
        report.add("targets", .integer(targets.count), settings.kernelsLine)
        return report
    }
}
