import Foundation
import Images
import Inference
import JSON
import Jobs
import Networks
import Tensors
import Video
import Visualization

/// Times `pinpoint demo` on one image: as a separate process, from start to exit with the overlay on disk; and step by step in
/// this process.
struct DemoBenchmark {
    let settings: Benchmark
    /// So low that any network has something to draw.
    private let threshold = 0.0
    private let maximumDetections = 10

    func run() throws -> BenchmarkReport {
        let source = try DemoSource(settings)
        let (model, image) = (source.model, source.image)
        let output = source.scratch.url.appendingPathComponent("out")
        let program = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
        let arguments = [
            "demo", image.path, "--model", model.path, "--output", output.path, "--threshold", "\(threshold)",
            "--top", "\(maximumDetections)", "--backend", settings.backend.name.rawValue, "--algorithm",
            settings.backend.algorithm.rawValue, "--precision", settings.backend.precision.rawValue, "--threads",
            "\(Threads.count)",
        ]
        // Foundation's `Process` polls for the end, which is too coarse for timing. Output is discarded, errors are kept.
        func once() throws(BenchmarkError) {
            let status: Int32
            do { status = try ChildProgram(program, arguments, output: .nothing).waitForEnd() } catch {
                throw .program(error.reason)
            }
            guard status == 0 else { throw .program("\(program.lastPathComponent) ended with the status \(status)") }
        }
        try once()
        let runs = try (0..<settings.runs).map { _ in try seconds(once) }

        var measured = settings
        let loaded = try Model.load(model)
        (measured.network, measured.inputSize, measured.batchSize) = (loaded.network, loaded.inputSize, 1)
        var report = BenchmarkReport(
            "demo of one image by \(loaded.network.name), \(loaded.network.classCount) classes, "
                + "\(loaded.inputSize.rows)x\(loaded.inputSize.columns), from start to exit of the program",
            runs: runs, images: 1, settings: measured.networkSettings)
        report.add("image", .string(image.lastPathComponent), settings.kernelsLine)
        addParts(to: &report, try (0..<settings.runs).map { _ in try parts(model, image, output) })
        return report
    }

    private func addParts(to report: inout BenchmarkReport, _ timings: [[(name: String, seconds: Double)]]) {
        let parts = (timings.first ?? []).indices.map { part in
            (name: timings[0][part].name, seconds: BenchmarkReport.median(timings.map { $0[part].seconds }))
        }
        let rows = parts.map { [$0.name, String(format: "%.1f", $0.seconds * 1000)] }
        report.add(
            "parts", .object(JSONObject(parts.map { ($0.name, .number($0.seconds)) })),
            "\n" + textTable([["step, in a running program", "ms"]] + rows, flushLeft: 1))
    }

    /// Times the same work step by step; the first pass compiles the network, the second shows the time of all later passes.
    private func parts(_ model: URL, _ source: URL, _ output: URL) throws -> [(name: String, seconds: Double)] {
        var parts: [(name: String, seconds: Double)] = []
        func timed<Value>(_ name: String, _ body: () throws -> Value) rethrows -> Value {
            let began = ContinuousClock.now
            let value = try body()
            parts.append((name, (ContinuousClock.now - began) / .seconds(1)))
            return value
        }
        let weights = try timed("weights") { try Model.load(model) }
        let image = try timed("image") { try Image(contentsOf: source) }
        let predictor = try Predictor(model: weights, backend: settings.backend.backend)
        let predictions = try timed("first pass") { try predictor.predict([image]) }
        _ = try timed("second pass") { try predictor.predict([image]) }
        let boxes = predictions.flatMap(\.detections).prefix(maximumDetections)
        let overlay = try timed("drawing") {
            try drawBoxes(on: image, boxes.map { $0.labelled(weights.classNames) }).image()
        }
        let file = output.appendingPathComponent("overlay.png")
        try timed("file") { try overlay.writePNG(to: file) }
        return parts
    }
}
