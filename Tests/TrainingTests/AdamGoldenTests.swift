import GoldenNetwork
import Graphs
import JSON
import Tensors
import TestSupport
import Testing
import Training

/// Compares three Adam steps on a small network with PyTorch: the whole chain of forward pass, backward pass and optimizer.
@Suite struct AdamGoldenTests {
    @Test func threeStepsEqualPyTorch() throws {
        let (golden, graph, store) = try network()
        // The file's steps begin after one training pass, which updated the running statistics.
        for (name, value) in try golden["runningStatistics"].object() { try store.assign(name, tensor(value)) }
        let input = try golden["input"].tensor()
        let program = try ReferenceBackend().compile(
            graph, parameters: store, inputs: ["image": input.shape], mode: .training)
        let optimizer = Optimizer(configuration: OptimizerConfiguration(.adam), parameters: store)
        for expected in try golden["adam"]["losses"].numbers() {
            let outputs = try program.forward(["image": input])
            let loss = outputs.values.reduce(0.0) { sum, output in
                sum + output.elements.reduce(0.0) { $0 + Double($1) * Double($1) } / Double(output.count)
            }
            #expect(abs(loss - expected) < 1e-4 * max(1, abs(expected)))
            try program.backward(
                outputs.mapValues { output in
                    Tensor(output.shape, elements: output.elements.map { 2 * $0 / Float(output.count) })
                })
            optimizer.step(learningRate: 1e-3)
        }
        for (name, expected) in try golden["adam"]["weights"].object() {
            // Adam's first steps are as long as the learning rate, regardless of the gradient: where the gradient is only rounding error,
            // so is the step. Weights must agree to a tenth of it.
            let difference =
                zip(try #require(store[name]).elements, try tensor(expected).elements)
                .map { abs($0 - $1) }.max() ?? .infinity
            #expect(difference < 1e-4, "\(name) differs by \(difference)")
        }
    }
}
