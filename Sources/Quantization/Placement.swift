import Graphs
import Networks
import Operators

/// The values of a network to quantize, so that some of its convolutions can multiply integers.
///
/// The input of such a convolution is quantized where it is computed, after the activation. The convolution's own result stays a float
/// until then: a kernel adds a shortcut and applies the activation before it rounds. The other summand of a rounded sum is quantized, too;
/// so is the input of pooling or upsampling, with the scale of the result, since both only move values; and so are the inputs of a
/// concatenation.
public struct Placement: Sendable, Equatable {
    /// The values, by the names of the nodes that compute them.
    public private(set) var values: Set<String> = []
    /// Values that share the range of another one, because they only contain values of it.
    public private(set) var sources: [String: String] = [:]

    /// - Parameters:
    ///   - graph: A network with folded normalizations.
    ///   - layers: The convolutions to quantize.
    public init(_ graph: Graph, layers: Set<String>) {
        var readers = [[Int]](repeating: [], count: graph.nodes.count)
        for (index, node) in graph.nodes.enumerated() {
            for input in node.inputs { readers[input.index].append(index) }
        }
        var waiting = graph.nodes.filter { layers.contains($0.name) }.compactMap { $0.inputs.first?.index }
        var found: Set<Int> = []

        /// Returns the summands of a rounded sum to quantize; at most one convolution, the last, passes its floats on.
        func summands(_ sum: Int) -> [Int] {
            let inputs = graph.nodes[sum].inputs.map(\.index)
            let handed = inputs.filter {
                graph.nodes[$0].operator is any ScalableConvolution && readers[$0].count == 1
            }.max()
            return inputs.filter { $0 != handed }
        }

        while let index = waiting.popLast() {
            guard found.insert(index).inserted else { continue }
            let node = graph.nodes[index]
            values.insert(node.name)
            switch node.operator {
            case is MaxPooling, is NearestUpsampling:
                let source = node.inputs[0].index
                sources[node.name] = graph.nodes[source].name
                waiting.append(source)
            case is Concatenate: waiting += node.inputs.map(\.index)
            case is Add: waiting += summands(index)
            case is ReLU:
                let source = node.inputs[0].index
                if graph.nodes[source].operator is Add, readers[source].count == 1 { waiting += summands(source) }
            default: break
            }
        }
    }

    /// Returns the value that a value's range comes from.
    public func origin(of name: String) -> String {
        var name = name
        while let source = sources[name] { name = source }
        return name
    }

    /// Returns the convolutions of a network that can be quantized, in order: those that the outputs depend on.
    public static func layers(of graph: Graph) -> [String] {
        let needed = (try? graph.part(to: graph.outputs.map(\.name))) ?? graph
        return needed.nodes.filter { weightAxis(of: $0.operator) != nil }.map(\.name)
    }
}
