import DetectorLoading
import Foundation
import Graphs
import JSON
import Networks
import ONNX
import Tensors

/// Times a forward pass of an imported graph on random input.
struct ImportedBenchmark {
    let settings: Benchmark
    let file: URL

    func run() throws -> BenchmarkReport {
        let network = try ImportError.naming(file) {
            let model = try ONNXModel(contentsOf: file)
            return try model.network(inputs: shapes(of: model))
        }
        var random = SeededGenerator(1)
        let inputs = network.inputShapes.mapValues { shape in
            Tensor(shape, elements: (0..<shape.reduce(1, *)).map { _ in Float(random.uniform(-2, 2)) })
        }
        let list = network.inputShapes.sorted { $0.key < $1.key }
        let extents = list.map { "\($0.key) \($0.value.map(String.init).joined(separator: "x"))" }
        let what = "a forward pass of \(file.lastPathComponent), \(extents.joined(separator: ", "))"
        let images = list.first?.value.first ?? 1
        let backend = settings.backend.backend
        let described: [(String, JSONValue)] = [
            ("mode", .string(settings.mode.rawValue)), ("onnx", .string(file.relativePath)),
            ("inputs", .object(JSONObject(list.map { ($0.key, .array($0.value.map { .integer($0) })) }))),
            ("backend", .string(settings.backend.name.rawValue)), ("kernels", .string(backend.kernels)),
        ]
        func compiled(_ backend: any Backend) throws -> any Program {
            try backend.compile(
                network.graph, parameters: network.parameters, inputs: network.inputShapes, mode: .inference)
        }
        if settings.comparesPrecisions {
            return try PrecisionComparison(settings: settings, what: what, images: images).run(
                of: network.graph, settings: described
            ) { backend in
                let program = try compiled(backend)
                return { try program.forward(inputs) }
            }
        }
        let program = try compiled(backend)
        func once() throws { _ = try program.forward(inputs) }
        try once()
        let runs = try (0..<settings.runs).map { _ in try seconds(once) }
        var report = BenchmarkReport(what, runs: runs, images: images, settings: described)
        report.add("identity", .string(backend.identity), settings.kernelsLine)
        if settings.timesLayers {
            guard let profiled = program as? any ProfiledProgram else { throw BenchmarkError.noProfile }
            let timings = LayerTimings(
                try (0..<settings.runs).map { _ in try profiled.profile() },
                layers: try layerTable(network.graph, inputs: network.inputShapes), isTraining: false,
                peak: try settings.backend.measuredPeak(of: network.graph))
            report.add("layers", timings.json, "\n" + timings.text)
        }
        return report
    }

    /// Returns input shapes with dynamic dimensions filled in: the batch size, three channels, images of that size.
    private func shapes(of model: ONNXModel) -> [String: [Int]] {
        var shapes: [String: [Int]] = [:]
        for port in model.inputs {
            guard let declared = port.shape, declared.count == 4 else { continue }
            let usual = settings.inputSize.shape(batch: settings.batchSize)
            shapes[port.name] = zip(declared, usual).map { $0 ?? $1 }
        }
        return shapes
    }
}
