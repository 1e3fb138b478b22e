import Tensors

/// What every backend's programs ask of what they are given.
extension Graph {
    /// The position of a node.
    ///
    /// - Throws: ``GraphError/unknownNode(_:nearest:)``.
    public func index(of name: String) throws(GraphError) -> Int {
        guard let value = value(named: name) else { throw .unknownNode(name, nearest: nearestNames(to: name)) }
        return value.index
    }

    /// Sees to it that shapes are given for inputs of the graph alone.
    ///
    /// - Throws: ``GraphError/unexpectedInput(name:shape:expected:)``.
    public func requireInputs(_ shapes: [String: [Int]]) throws(GraphError) {
        for (name, shape) in shapes where !isInput(name) {
            throw .unexpectedInput(name: name, shape: shape, expected: nil)
        }
    }

    /// Sees to it that a program gets all of its inputs, and nothing else, in the shapes that it was compiled for.
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
