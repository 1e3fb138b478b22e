import Graphs
import Operators
import Tensors

/// Normalizations; their scales and shifts become parameters.
extension Importer {
    /// Returns a vector that must be known at import.
    private func vector(
        _ node: ImportedNode, _ index: Int, _ what: String, count: Int? = nil
    ) throws(ImportProblem) -> Tensor {
        guard let known = try node.known(index, what) else { throw node.malformed("its \(what) is missing") }
        guard known.isSame else { throw node.lacking("with a \(what) that depends on the batch size") }
        let tensor = known.literal.tensor
        if let count, tensor.count != count {
            throw node.malformed("its \(what) has \(tensor.count) elements, but \(count) were expected")
        }
        return tensor.reshaped([tensor.count])
    }

    private func channels(_ node: ImportedNode, _ input: Flow) throws(ImportProblem) -> Int {
        guard input.rank >= 2 else { throw node.malformed("its input \(input.shape) has no channels") }
        return input.shape[1]
    }

    func batchNormalization(_ node: ImportedNode) throws(ImportProblem) -> [Operand] {
        let input = try flow(node, 0)
        let channels = try channels(node, input)
        if try node.normalizesInTraining() { throw node.lacking("in training") }
        let values = [
            "weight": try vector(node, 1, "scale", count: channels),
            "bias": try vector(node, 2, "shift", count: channels),
            "running_mean": try vector(node, 3, "mean", count: channels),
            "running_var": try vector(node, 4, "variance", count: channels),
        ]
        let kernel = BatchNormalization(
            channels: channels, epsilon: try node.float("epsilon", default: 1e-5),
            momentum: 1 - (try node.float("momentum", default: 0.9)))
        if input.rank == 4 { return [.value(try add(node, kernel, [input], parameters: values))] }
        // A normalization only needs the channel axis first; all other axes are merged.
        let area = input.shape.dropFirst(2).reduce(1, *)
        let map = try add(
            part: "map", of: node, Reshape([.same, .same, .fixed(area), .fixed(1)]), [input])
        let normalized = try add(part: "normalized", of: node, kernel, [map], parameters: values)
        let back: [ReshapeExtent] = [.same, .same] + input.shape.dropFirst(2).map { .fixed($0) }
        return [.value(try add(node, Reshape(back), [normalized]))]
    }

    func instanceNormalization(_ node: ImportedNode) throws(ImportProblem) -> [Operand] {
        let input = try flow(node, 0)
        let channels = try channels(node, input)
        let values = [
            "weight": try vector(node, 1, "scale", count: channels),
            "bias": try vector(node, 2, "shift", count: channels),
        ]
        let kernel = InstanceNormalization(
            channels: channels, epsilon: try node.float("epsilon", default: 1e-5))
        return [.value(try add(node, kernel, [input], parameters: values))]
    }

    /// Opset 18 has a scale per group, 21 one per channel.
    func groupNormalization(_ node: ImportedNode) throws(ImportProblem) -> [Operand] {
        let input = try flow(node, 0)
        let channels = try channels(node, input)
        guard let groups = try node.integer("num_groups"), groups > 0, channels % groups == 0 else {
            throw node.malformed("its num_groups does not divide \(channels) channels")
        }
        try charge([2 * channels], node)
        func spread(_ index: Int, _ what: String) throws(ImportProblem) -> Tensor {
            let values = try vector(node, index, what).elements
            if values.count == channels { return Tensor([channels], elements: values) }
            guard values.count == groups else {
                throw node.malformed("its \(what) has \(values.count) elements for \(channels) channels")
            }
            let share = channels / groups
            return Tensor([channels], elements: values.flatMap { [Float](repeating: $0, count: share) })
        }
        let values = ["weight": try spread(1, "scale"), "bias": try spread(2, "shift")]
        let kernel = GroupNormalization(
            groups: groups, channels: channels, epsilon: try node.float("epsilon", default: 1e-5))
        return [.value(try add(node, kernel, [input], parameters: values))]
    }

    func layerNormalization(_ node: ImportedNode) throws(ImportProblem) -> [Operand] {
        let input = try flow(node, 0)
        let axis = try node.axis(try node.integer("axis", default: -1), rank: input.rank)
        let shape = Array(input.shape[axis...])
        let count = shape.reduce(1, *)
        var values = ["weight": try vector(node, 1, "scale", count: count).reshaped(shape)]
        if node.has(2) { values["bias"] = try vector(node, 2, "shift", count: count).reshaped(shape) }
        let kernel = LayerNormalization(
            shape: shape, epsilon: try node.float("epsilon", default: 1e-5), bias: node.has(2))
        return [.value(try add(node, kernel, [input], parameters: values))]
    }

    func localResponseNormalization(_ node: ImportedNode) throws(ImportProblem) -> [Operand] {
        let size = try positive(node, "size")
        let kernel = LocalResponseNormalization(
            size: size, alpha: try node.float("alpha", default: 1e-4), beta: try node.float("beta", default: 0.75),
            bias: try node.float("bias", default: 1))
        return [.value(try add(node, kernel, [try flow(node, 0)]))]
    }

    /// `input / norm` along one axis, and 0 where the norm is 0: there the divisor is 1, so that the gradient is finite, too.
    func normNormalization(_ node: ImportedNode) throws(ImportProblem) -> [Operand] {
        let input = try flow(node, 0)
        let axis = try node.axis(try node.integer("axis", default: -1), rank: input.rank)
        let order = try node.integer("p", default: 2)
        guard order == 1 || order == 2 else { throw node.malformed("invalid p: \(order)") }
        let norm = try add(
            part: "norm", of: node, Reduction(order == 1 ? .l1 : .l2, axes: [axis], keepsAxes: true), [input])
        let isZero = try add(part: "zero", of: node, Activation(.not), [norm])
        let divisor = try add(part: "divisor", of: node, Add(), [norm, isZero])
        return [.value(try add(node, Arithmetic(.divide), [input, divisor]))]
    }
}
