import Graphs
import Operators
import Tensors

/// Properties of the network that are known without running it.
extension Inspector {
    /// Whether a target depends on a layer.
    ///
    /// - Throws: ``GraphError/unknownNode(_:nearest:)``.
    public func reaches(_ target: Target, from layer: String) throws -> Bool {
        try target.terms.contains { try graph.depends($0.output, on: layer) }
    }

    /// Returns the shape of each layer's value for an input of this shape, in the order of `layers`.
    public func shapes(of layers: [String], input: [Int]) throws -> [(layer: String, shape: [Int])] {
        let shapes = try graph.inferShapes([inputName: input])
        return try layers.map { ($0, shapes[try graph.index(of: $0)]) }
    }

    /// Returns the last activation at each resolution, in order: where a network's stages end, while downsampling and while upsampling.
    /// Heads, which only some of the outputs depend on, are not stages.
    public func stages(input: [Int]) throws -> [String] {
        let shapes = try graph.inferShapes([inputName: input])
        let layouts = layouts(shapes, input: input)
        var stages: [(name: String, extent: [Int])] = []
        for (index, (node, shape)) in zip(graph.nodes, shapes).enumerated() where shape.count == 4 {
            guard let layout = layouts[index], graph.isActivation(index),
                try graph.outputs.allSatisfy({ try graph.depends($0.name, on: node.name) })
            else { continue }
            let (_, rows, columns) = layout.extents(Array(shape.dropFirst()))
            if stages.last?.extent == [rows, columns] { stages.removeLast() }
            stages.append((node.name, [rows, columns]))
        }
        return stages.map(\.name)
    }

    /// Returns the weights of the linear head that computes a target's output from a layer: of a 1x1 convolution right after it, or of a
    /// linear layer after global average pooling ("Learning Deep Features for Discriminative Localization", Zhou et al., 2016).
    ///
    /// - Throws: ``InspectionError/unsuitable(_:)``, which names the suitable layer.
    func headWeights(of target: Target, after layer: String) throws -> [Float] {
        var weights: [Float] = []
        for term in target.terms {
            let head = try linearHead(of: term.output)
            guard let head, head.layer == layer else {
                throw InspectionError.unsuitable(
                    head.map {
                        "CAM needs the layer before the linear head of '\(term.output)', which is '\($0.layer)'"
                    }
                        ?? "CAM needs an output that a single linear layer computes, and '\(term.output)' is not")
            }
            let table = head.weights
            let row = table.item(term.place[0]).elements.map { $0 * term.weight }
            weights = weights.isEmpty ? row : zip(weights, row).map { $0 + $1 }
        }
        return weights
    }

    /// Returns the layer that a linear head computes an output from, which is the one that CAM looks at.
    public func layerBeforeLinearHead(of output: String) throws -> String? { try linearHead(of: output)?.layer }

    /// Returns the layer that an output is a linear function of, and the function's weights `[channel of the output, channel]`.
    private func linearHead(of output: String) throws -> (layer: String, weights: Tensor)? {
        let node = graph.nodes[try graph.indexOfResult(output)]
        guard let before = node.inputs.first.map({ graph.nodes[$0.index] }),
            let weights = parameters["\(node.name).weight"]
        else { return nil }
        let table = weights.reshaped([weights.shape[0], weights.count / weights.shape[0]])
        switch node.operator {
        case let head as Convolution where head.kernel == 1 && head.groups == 1: return (before.name, table)
        case is Linear:
            // Between pooling and the head, an imported graph may remove the axes of size one.
            var pooling = before
            while pooling.operator is Reshape, let input = pooling.inputs.first { pooling = graph.nodes[input.index] }
            guard pooling.operator.isMeanOfMaps, let source = pooling.inputs.first else { return nil }
            return (graph.nodes[source.index].name, table)
        default: return nil
        }
    }

    /// Every layer that adds a constant per channel, with that constant: biases of convolutions, and for normalizations with fixed
    /// statistics `shift - mean · scale / deviation`.
    var biases: [(layer: String, bias: [Float])] {
        graph.nodes.compactMap { node in
            func numbers(_ name: String) -> [Float] { parameters["\(node.name).\(name)"]?.elements ?? [] }
            switch node.operator {
            case let normalization as BatchNormalization:
                let (scale, shift) = (numbers("weight"), numbers("bias"))
                let (mean, variance) = (numbers("running_mean"), numbers("running_var"))
                return (
                    node.name,
                    scale.indices.map {
                        shift[$0] - mean[$0] * scale[$0] / (variance[$0] + normalization.epsilon).squareRoot()
                    }
                )
            case let convolution as Convolution where convolution.bias: return (node.name, numbers("bias"))
            case let convolution as TransposedConvolution where convolution.bias: return (node.name, numbers("bias"))
            default: return nil
            }
        }
    }
}

extension Optional<any Operator> {
    /// Whether the operator takes the mean of each channel of a map.
    fileprivate var isMeanOfMaps: Bool {
        switch self {
        case is GlobalAveragePooling: true
        case let reduction as Reduction: reduction.function == .mean && reduction.axes == [2, 3]
        default: false
        }
    }
}
