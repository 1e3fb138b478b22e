import Graphs
import Networks
import Tensors

/// Computes chosen values of a network for inputs of any size, with one program for each size.
final class ValueReader {
    private let model: Model
    private let graph: Graph
    private let backend: any Backend
    private var programs: [[Int]: any Program] = [:]

    init(of model: Model, values names: [String], backend: any Backend) throws {
        self.model = model
        self.backend = backend
        graph = try model.graph.part(to: names)
    }

    func values(_ input: Tensor) throws -> [String: Tensor] {
        let program =
            try programs[input.shape]
            ?? backend.compile(
                graph, parameters: model.parameters, inputs: ["image": input.shape], mode: .inference,
                taps: .everything)
        programs[input.shape] = program
        return try program.forward(["image": input])
    }
}
