import Foundation
import Graphs
import JSON
import ONNX
import OneDNNBackend
import Tensors
import TestSupport
import Testing

/// Networks exported by PyTorch, against ONNX Runtime (`Tools/Goldens/onnx_models.py`).
@Suite struct GoldenImportTests {
    static let names = [
        "attention", "distribution_yolo", "grid_yolo", "mobile", "newer_attention", "newer_yolo", "old_forms",
        "siamese", "styled",
    ]

    private static func read(_ name: String) throws -> (model: ONNXModel, golden: JSONValue) {
        let folder = Golden.file("onnx")
        return (
            try ONNXModel(contentsOf: folder.appendingPathComponent(name + ".onnx")),
            try JSONValue(contentsOf: folder.appendingPathComponent(name + ".json"))
        )
    }

    private static func tensors(_ golden: JSONValue, _ key: String) throws -> [String: Tensor] {
        var tensors: [String: Tensor] = [:]
        for (name, value) in try golden[key].object() { tensors[name] = try value.tensor() }
        return tensors
    }

    @Test(arguments: names, ["reference", "onednn"])
    func outputsEqualONNXRuntimes(name: String, backend: String) throws {
        let (model, golden) = try Self.read(name)
        let (inputs, expected) = (try Self.tensors(golden, "inputs"), try Self.tensors(golden, "outputs"))
        let network = try model.network(inputs: inputs.mapValues(\.shape))
        let backend: any Backend = backend == "onednn" ? OneDNNBackend() : ReferenceBackend()
        let program = try backend.compile(
            network.graph, parameters: network.parameters, inputs: network.inputShapes, mode: .inference)
        let outputs = try program.forward(inputs)
        #expect(outputs.count == expected.count)
        for (key, value) in expected {
            #expect(relativeDifference(try #require(outputs[key]), value) < 1e-5, "\(key)")
        }
    }

    /// A network exported with a free batch axis runs with any batch size: each image's results do not depend on the others.
    @Test(arguments: names.filter { $0 != "siamese" })
    func everyBatchSizeGivesTheSame(name: String) throws {
        let (model, golden) = try Self.read(name)
        let inputs = try Self.tensors(golden, "inputs")
        let network = try model.network(inputs: inputs.mapValues(\.shape))
        #expect(network.takesOtherBatchSizes)
        let tripled = inputs.mapValues { tensor in
            Tensor([3 * tensor.shape[0]] + tensor.shape.dropFirst(), elements: (0..<3).flatMap { _ in tensor.elements })
        }
        let one = try run(network, inputs)
        let three = try run(network, tripled)
        for (key, value) in one {
            let batch = try #require(three[key])
            #expect(batch.shape == [3 * value.shape[0]] + value.shape.dropFirst())
            #expect(relativeDifference(Tensor(value.shape, elements: batch.elements.suffix(value.count)), value) < 1e-5)
        }
    }

    private func run(_ network: ImportedNetwork, _ inputs: [String: Tensor]) throws -> [String: Tensor] {
        try ReferenceBackend().compile(
            network.graph, parameters: network.parameters, inputs: inputs.mapValues(\.shape), mode: .inference
        ).forward(inputs)
    }

    /// The gradients of a sum of the outputs, with random signs, against central differences along a random direction.
    @Test(arguments: ["distribution_yolo", "siamese", "attention"])
    func gradientsAreSlopes(name: String) throws {
        let (model, golden) = try Self.read(name)
        let inputs = try Self.tensors(golden, "inputs")
        let network = try model.network(inputs: inputs.mapValues(\.shape))
        let program = try ReferenceBackend().compile(
            network.graph, parameters: network.parameters, inputs: network.inputShapes, mode: .inspection)
        var random = SeededGenerator(7, 0)
        let outputs = try program.forward(inputs)
        let seeds = outputs.mapValues { value in
            Tensor(value.shape, elements: (0..<value.count).map { _ in Float(random.uniform(-1, 1)) })
        }
        try program.backward(seeds)
        // Read now: the next forward pass discards them.
        let gradients = try inputs.keys.reduce(into: [String: Tensor]()) { $0[$1] = try program.gradient($1) }
        for (input, value) in inputs {
            let direction = (0..<value.count).map { _ in Float(random.uniform(-1, 1)) }
            let gradient = try #require(gradients[input])
            let expected = zip(gradient.elements, direction).reduce(0.0) { $0 + Double($1.0 * $1.1) }
            func moved(_ step: Float) throws -> Double {
                var inputs = inputs
                inputs[input] = Tensor(value.shape, elements: zip(value.elements, direction).map { $0 + step * $1 })
                let outputs = try program.forward(inputs)
                return seeds.reduce(0.0) { sum, seed in
                    sum
                        + zip(seed.value.elements, outputs[seed.key]?.elements ?? []).reduce(0.0) {
                            $0 + Double($1.0) * Double($1.1)
                        }
                }
            }
            let slope = (try moved(2e-3) - moved(-2e-3)) / 4e-3
            #expect(abs(slope - expected) < 0.02 * max(1, abs(expected)), "\(input): \(slope) and \(expected)")
        }
    }
}
