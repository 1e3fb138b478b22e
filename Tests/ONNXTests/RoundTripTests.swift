import Graphs
import Networks
import ONNX
import OneDNNBackend
import OperatorCases
import Operators
import Tensors
import TestSupport
import Testing

/// Export and import give the same bits.
@Suite struct RoundTripTests {
    /// The cases without empty values, which cannot be imported.
    static let cases = OperatorCatalogue.cases.filter { example in
        let shapes = (try? example.graph.inferShapes(example.inputShapes)) ?? []
        return !shapes.joined().contains(0)
    }

    @Test(arguments: cases) func operators(example: OperatorCase) throws {
        let graph = example.graph
        let store = ParameterStore(for: graph, seed: 3)
        let file = try exportONNX(graph, parameters: store, inputs: example.inputShapes)
        let imported = try ONNXModel(file).network()
        let inputs = example.randomInputs(seed: 17)
        let own = try Self.run(ReferenceBackend(), graph, store, inputs)
        let again = try Self.run(ReferenceBackend(), imported.graph, imported.parameters, inputs)
        if Self.isRoundedOtherwise(example) {
            for (name, tensor) in own { #expect(again[name].map { relativeDifference($0, tensor) } ?? 1 < 1e-6) }
        } else {
            #expect(Self.bits(again) == Self.bits(own))
        }
        // A constant has no fixed name after import.
        #expect(imported.graph.value(named: "node") != nil || example.operator is Constant)
    }

    /// Opset 17 has no operator for GELU; it is written in steps, with different rounding.
    private static func isRoundedOtherwise(_ example: OperatorCase) -> Bool {
        if let activation = example.operator as? Activation, case .gelu = activation.function { return true }
        return false
    }

    @Test(arguments: NetworkCatalogue.names) func networks(name: String) throws {
        let graph = try NetworkCatalogue.make(NetworkConfiguration(name: name, classCount: 3, headChannels: 16))
        let store = ParameterStore(for: graph, seed: 4)
        Self.shake(store)
        let shape = ["image": [1, 3, 128, 128]]
        let imported = try ONNXModel(try exportONNX(graph, parameters: store, inputs: shape)).network()
        // The published DLA has layers that are not used.
        let needed = try graph.part(to: graph.outputs.map(\.name))
        #expect(imported.graph.nodes.map(\.name) == needed.nodes.map(\.name))
        #expect(imported.parameters.entries.map(\.name) == needed.parameters.map(\.name))
        let inputs = ["image": Self.noise([1, 3, 128, 128])]
        for backend in [ReferenceBackend(), OneDNNBackend()] as [any Backend] {
            let own = try Self.run(backend, graph, store, inputs)
            let again = try Self.run(backend, imported.graph, imported.parameters, inputs)
            #expect(own.values.allSatisfy { $0.elements.allSatisfy(\.isFinite) })
            #expect(Self.bits(again) == Self.bits(own), "\(backend.name)")
        }
    }

    @Test func freeExtentsTakeOtherInputs() throws {
        let graph = try NetworkCatalogue.make(NetworkConfiguration(name: "compact", classCount: 3, headChannels: 16))
        let store = ParameterStore(for: graph, seed: 4)
        var options = ONNXExportOptions()
        (options.dynamicBatch, options.dynamicSize) = (true, true)
        let file = try exportONNX(graph, parameters: store, inputs: ["image": [1, 3, 128, 128]], options: options)
        let model = try ONNXModel(file)
        #expect(model.inputs.map(\.shape) == [[nil, 3, nil, nil]])
        let shape = [2, 3, 96, 32]
        let imported = try model.network(inputs: ["image": shape])
        let inputs = ["image": Self.noise(shape)]
        let own = try Self.run(ReferenceBackend(), graph, store, inputs)
        let again = try Self.run(ReferenceBackend(), imported.graph, imported.parameters, inputs)
        #expect(Self.bits(again) == Self.bits(own))
    }

    /// The decoding's own operators cannot be imported, but its maps can be, by name.
    @Test func theMapsOfADecodingCanBeHad() throws {
        let graph = try NetworkCatalogue.make(NetworkConfiguration(name: "compact", classCount: 3, headChannels: 16))
        let store = ParameterStore(for: graph, seed: 4)
        var options = ONNXExportOptions()
        options.decode = ONNXDecoding(stride: 4)
        let shape = ["image": [1, 3, 128, 128]]
        let model = try ONNXModel(try exportONNX(graph, parameters: store, inputs: shape, options: options))
        let imported = try model.network(results: ["heatmap", "size", "offset"])
        let inputs = ["image": Self.noise([1, 3, 128, 128])]
        let own = try Self.run(ReferenceBackend(), graph, store, inputs)
        let again = try Self.run(ReferenceBackend(), imported.graph, imported.parameters, inputs)
        #expect(Self.bits(again) == Self.bits(own))
    }

    /// Changes the neutral initial values of parameters: offsets and shifts of 0, scales and variances of 1.
    private static func shake(_ store: ParameterStore) {
        for (index, entry) in store.entries.enumerated() {
            var random = SeededGenerator(5, index)
            let elements = entry.value.elements
            for place in elements.indices { elements[place] += Float(random.uniform(-0.01, 0.01)) }
        }
        store.markChanged()
    }

    private static func run(
        _ backend: any Backend, _ graph: Graph, _ store: ParameterStore, _ inputs: [String: Tensor]
    ) throws -> [String: Tensor] {
        let program = try backend.compile(
            graph, parameters: store, inputs: inputs.mapValues(\.shape), mode: .inference)
        return try program.forward(inputs)
    }

    /// Returns shapes and the bits of all numbers, so that NaN equals itself and -0 does not equal 0.
    private static func bits(_ outputs: [String: Tensor]) -> [String: [[UInt32]]] {
        outputs.mapValues { [$0.shape.map(UInt32.init), $0.elements.map(\.bitPattern)] }
    }

    private static func noise(_ shape: [Int]) -> Tensor {
        var random = SeededGenerator(11, 0)
        return Tensor(shape, elements: (0..<shape.reduce(1, *)).map { _ in Float(random.normal()) })
    }
}
