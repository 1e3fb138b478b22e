import Graphs
import Inference
import ONNX
import Operators

extension ImportedNetwork {
    /// Returns the outputs with their shapes for inputs of these shapes.
    ///
    /// - Throws: ``GraphError``.
    func outputs(inputs: [String: [Int]]) throws -> [NetworkOutput] {
        let shapes = try graph.inferShapes(inputs)
        return graph.outputs.map { output in
            NetworkOutput(
                name: output.name, shape: shapes[output.value.index], isProbability: holdsProbabilities(output.value),
                boxForm: boxForm(output.value, shapes))
        }
    }

    /// Returns whether a sigmoid or a softmax is the last computation, except for operators that only move values.
    private func holdsProbabilities(_ value: Graph.Value) -> Bool {
        var waiting = [value.index]
        while let index = waiting.popLast() {
            let node = graph.nodes[index]
            switch node.operator {
            case is Sigmoid, is Softmax: continue
            case is Reshape, is Transpose, is Concatenate: waiting += node.inputs.map(\.index)
            default: return false
            }
        }
        return true
    }

    /// Returns the form of the boxes at the beginning of an output, from how they are put together: edges are a point minus one distance
    /// and plus another, sizes are differences of edges (Ultralytics' `dist2bbox`). Nil if they are put together in another way.
    private func boxForm(_ value: Graph.Value, _ shapes: [[Int]]) -> BoxForm? {
        var index = value.index
        // A chain of operators that keep the four numbers apart leads to the operator that joins them.
        for _ in 0..<16 {
            let node = graph.nodes[index]
            switch node.operator {
            case is Transpose, is Reshape: index = node.inputs[0].index
            case is Multiply:
                guard let next = node.inputs.first(where: { !isConstant($0) }) else { return nil }
                index = next.index
            case let concatenation as Concatenate:
                let extents = node.inputs.map { shapes[$0.index][concatenation.axis] }
                if extents == [2, 2] || extents == [1, 1, 1, 1] {
                    return boxForm(ofFirst: node.inputs[0], andLast: node.inputs[node.inputs.count / 2])
                }
                index = node.inputs[0].index
            default: return nil
            }
        }
        return nil
    }

    private func boxForm(ofFirst first: Graph.Value, andLast last: Graph.Value) -> BoxForm? {
        let (first, last) = (graph.nodes[first.index].operator, graph.nodes[last.index].operator)
        switch (first, last) {
        case (let first as Arithmetic, is Add): return first.function == .subtract ? .edges : nil
        case (let first as Arithmetic, let last as Arithmetic):
            return first.function == .divide && last.function == .subtract ? .centers : nil
        case (is Multiply, let last as Arithmetic): return last.function == .subtract ? .centers : nil
        default: return nil
        }
    }

    private func isConstant(_ value: Graph.Value) -> Bool { graph.nodes[value.index].operator is Constant }
}
