import Foundation
import Images
import Inference
import Inspection
import JSON
import Networks

/// Times Grad-CAM of the highest peaks of one image at the last three stages of a network's backbone: from the normalized input to
/// the maps, with known peaks.
struct ExplainBenchmark {
    let settings: Benchmark

    func run() throws -> BenchmarkReport {
        let source = try DemoSource(settings)
        let model = try Model.load(source.model)
        let image = try ScaledImage(contentsOf: source.image, longerSide: Double(model.inputSize.longerSide))
        let backend = settings.backend.backend
        let predictor = try Predictor(model: model, backend: backend)
        let inspector = try Inspector(graph: model.graph, parameters: model.parameters, backend: backend)
        let explainer = Explainer(inspector)
        let peaks = try predictor.predict([image])[0].detections.prefix(settings.batchSize)
        let targets = peaks.enumerated().compactMap { index, peak in
            Target.quantity(
                .score, of: peak, by: predictor.detector.decoder, name: "\(index)", imagePixels: (1, 1))
        }
        let input = predictor.input(for: image).tensor
        let layers = try lastStages(of: inspector, input: input.shape)
        func once() throws {
            for explanation in try explainer.explain(input, by: .gradCAM, layers: layers, targets: targets) {
                _ = explanation.combined(rows: model.inputSize.rows, columns: model.inputSize.columns)
            }
        }
        try once()
        let runs = try (0..<settings.runs).map { _ in try seconds(once) }
        var measured = settings
        (measured.network, measured.inputSize) = (model.network, model.inputSize)
        var report = BenchmarkReport(
            "Grad-CAM of \(targets.count) detections at \(layers.count) layers of \(model.network.name), "
                + "\(model.inputSize.rows)x\(model.inputSize.columns)",
            runs: runs, images: 1, settings: measured.networkSettings)
        report.add("targets", .integer(targets.count), settings.kernelsLine)
        return report
    }

    /// Returns the last layers of the last three stages down to the coarsest map.
    private func lastStages(of inspector: Inspector, input: [Int]) throws -> [String] {
        let stages = try inspector.shapes(of: try inspector.stages(input: input), input: input)
        let coarsest = stages.map { $0.shape[2] * $0.shape[3] }.min()
        let trunk = stages.prefix { $0.shape[2] * $0.shape[3] != coarsest }.count + 1
        return stages.prefix(trunk).suffix(3).map(\.layer)
    }
}
