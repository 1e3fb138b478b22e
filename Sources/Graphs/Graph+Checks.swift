import Tensors

/// Input checks shared by the programs of all backends.
extension Graph {
    /// Returns the position of a node.
    ///
    /// - Throws: ``GraphError/unknownNode(_:nearest:)``.
    public func index(of name: String) throws(GraphError) -> Int {
        guard let value = value(named: name) else { throw .unknownNode(name, nearest: nearestNames(to: name)) }
        return value.index
    }

    /// Checks that shapes are given only for inputs of the graph.
    ///
    /// - Throws: ``GraphError/unexpectedInput(name:shape:expected:)``.
    public func requireInputs(_ shapes: [String: [Int]]) throws(GraphError) {
        for (name, shape) in shapes where !isInput(name) {
            throw .unexpectedInput(name: name, shape: shape, expected: nil)
        }
    }

    /// Checks that a program gets exactly its inputs, in the shapes for which it was compiled.
    ///
    /// - Parameter shapes: The shape of every value, by node order.
    /// - Throws: ``GraphError`` that names the first tensor that does not fit.
    public func requireInputs(_ tensors: [String: Tensor], shapes: [[Int]]) throws(GraphError) {
        for (name, tensor) in tensors {
            guard isInput(name), let value = value(named: name) else {
                throw .unexpectedInput(name: name, shape: tensor.shape, expected: nil)
            }
            if tensor.shape != shapes[value.index] {
                throw .unexpectedInput(name: name, shape: tensor.shape, expected: shapes[value.index])
            }
        }
        for name in inputNames where tensors[name] == nil { throw .missingInput(name) }
    }

    private func isInput(_ name: String) -> Bool { value(named: name).map { nodes[$0.index].operator == nil } ?? false }
}
