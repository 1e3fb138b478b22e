import GoldenNetwork
import Graphs
import JSON
import Tensors
import TestSupport
import Testing

/// A small network computed with PyTorch: outputs in both modes, every gradient, the running statistics.
@Suite struct GoldenNetworkTests {
    static let tolerance: Float = 2e-5

    @Test func inferenceEqualsPyTorch() throws {
        let (golden, graph, store) = try network()
        try expectEvaluation(golden, graph, store, mode: .inference)
        try expectEvaluation(golden, graph, store, mode: .inspection)
    }

    @Test func trainingStepEqualsPyTorch() throws {
        let (golden, graph, store) = try network()
        let input = try golden["input"].tensor()
        let program = try ReferenceBackend().compile(
            graph, parameters: store, inputs: ["image": input.shape], mode: .training)
        let outputs = try program.forward(["image": input])
        for (name, expected) in zip(["heatmap", "size"], try golden["trainOutputs"].array()) {
            #expect(relativeDifference(try #require(outputs[name]), try expected.tensor()) < Self.tolerance)
        }
        let seeds = try golden["seeds"].array()
        try program.backward(["heatmap": seeds[0].tensor(), "size": seeds[1].tensor()])
        for (name, expected) in try golden["gradients"].object() {
            let gradient = try #require(store.entry(name)?.gradient)
            let difference = relativeDifference(Tensor(copying: gradient), try tensor(expected))
            #expect(difference < 1e-4, "\(name) differs by \(difference)")
        }
        #expect(relativeDifference(try program.gradient("image"), try golden["inputGradient"].tensor()) < 1e-4)
        for (name, expected) in try golden["runningStatistics"].object() {
            #expect(relativeDifference(try #require(store[name]), try tensor(expected)) < Self.tolerance, "\(name)")
        }
    }

    private func expectEvaluation(
        _ golden: JSONValue, _ graph: Graph, _ store: ParameterStore, mode: ProgramMode
    ) throws {
        let input = try golden["input"].tensor()
        let program = try ReferenceBackend().compile(
            graph, parameters: store, inputs: ["image": input.shape], mode: mode)
        let outputs = try program.forward(["image": input])
        for (name, expected) in zip(["heatmap", "size"], try golden["evalOutputs"].array()) {
            #expect(relativeDifference(try #require(outputs[name]), try expected.tensor()) < Self.tolerance)
        }
    }
}
