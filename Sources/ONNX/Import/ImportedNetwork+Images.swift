import Graphs
import Operators

/// How a graph takes an image.
public enum ImageAxes: Sendable {
    /// `[batch, channel, row, column]`, as everything here expects.
    case batchChannelsFirst
    /// `[channel, row, column]`, without a batch (torchvision's detectors exported whole).
    case channelsFirst
    /// `[batch, row, column, channel]` (TensorFlow).
    case batchChannelsLast
    /// `[row, column, channel]`.
    case channelsLast

    /// Whether one of the axes is the batch.
    public var hasBatch: Bool { self == .batchChannelsFirst || self == .batchChannelsLast }

    /// Returns the shape of an input for one image.
    public func shape(rows: Int, columns: Int) -> [Int] {
        let image = self == .batchChannelsFirst || self == .channelsFirst ? [3, rows, columns] : [rows, columns, 3]
        return hasBatch ? [1] + image : image
    }

    /// The operators that make such an input from `[1, 3, row, column]`.
    fileprivate func steps(rows: Int, columns: Int) -> [any Operator] {
        let unbatched = Reshape(shape(rows: rows, columns: columns).map { .fixed($0) })
        return switch self {
        case .batchChannelsFirst: []
        case .channelsFirst: [unbatched]
        case .batchChannelsLast: [Transpose(axes: [0, 2, 3, 1])]
        case .channelsLast: [Transpose(axes: [0, 2, 3, 1]), unbatched]
        }
    }
}

extension ImportedNetwork {
    /// Returns the network with an image input `[1, 3, row, column]`, from which the input of that name is computed. Outputs of a network
    /// without a batch get one: their first axis is 1, unless it is already.
    ///
    /// - Returns: The network, and the name of its image input.
    public func takingImages(
        at input: String, axes: ImageAxes, rows: Int, columns: Int
    ) throws(GraphError) -> (network: ImportedNetwork, input: String) {
        let steps = axes.steps(rows: rows, columns: columns)
        if steps.isEmpty { return (self, input) }
        let shapes = try graph.inferShapes(inputShapes)
        var taken = Set(graph.nodes.map(\.name) + graph.aliases.map(\.name) + graph.outputs.map(\.name))
        func unique(_ wish: String) -> String {
            var name = wish
            while !taken.insert(name).inserted { name += "_" }
            return name
        }
        let imageName = unique("image")
        var wrapped = Graph()
        var places: [Graph.Value] = []
        for node in graph.nodes {
            if let kernel = node.operator {
                places.append(wrapped.add(node.name, kernel, node.inputs.map { places[$0.index] }))
            } else if node.name == input {
                var value = wrapped.input(imageName, needsGradientInTraining: node.needsGradientInTraining)
                for (index, step) in steps.enumerated() {
                    value = wrapped.add(
                        index == steps.count - 1 ? input : unique("\(input)/step\(index)"), step, [value])
                }
                places.append(value)
            } else {
                places.append(wrapped.input(node.name, needsGradientInTraining: node.needsGradientInTraining))
            }
        }
        for alias in graph.aliases { wrapped.alias(alias.name, for: places[alias.index]) }
        for output in graph.outputs {
            let shape = shapes[output.value.index]
            var value = places[output.value.index]
            if !axes.hasBatch && shape.first != 1 {
                let batched = Reshape(([1] + shape).map { ReshapeExtent.fixed($0) })
                value = wrapped.add(unique("\(output.name)/batch"), batched, [value])
            }
            wrapped.output(output.name, value)
        }
        var inputShapes = inputShapes
        inputShapes[input] = nil
        inputShapes[imageName] = [1, 3, rows, columns]
        let network = ImportedNetwork(
            graph: wrapped, parameters: parameters, inputShapes: inputShapes,
            takesOtherBatchSizes: takesOtherBatchSizes && axes.hasBatch)
        return (network, imageName)
    }
}
