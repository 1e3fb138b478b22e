extension Graph {
    /// Returns whether a graph treats the items of a batch independently: inputs of twice the batch size give outputs of twice the batch
    /// size. Imported graphs may have the shape of one item hard-coded.
    ///
    /// - Throws: ``GraphError`` when the graph cannot take these shapes at all.
    public func takesBatches(_ inputs: [String: [Int]]) throws(GraphError) -> Bool {
        func shapes(_ factor: Int) throws(GraphError) -> [[Int]] {
            try inferShapes(inputs.mapValues { $0.isEmpty ? $0 : [$0[0] * factor] + $0.dropFirst() })
        }
        let single = try shapes(1)
        guard let double = try? shapes(2) else { return false }
        return outputs.allSatisfy { output in
            let (one, two) = (single[output.value.index], double[output.value.index])
            return !one.isEmpty && two == [2 * one[0]] + one.dropFirst()
        }
    }
}
