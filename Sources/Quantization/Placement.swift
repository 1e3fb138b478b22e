import Graphs
import Networks
import Operators

/// Which values of a network become integers, so that some of its convolutions can multiply integers.
///
/// What such a convolution reads is made integers where it is computed, after the activation. Its own result stays a float until
/// then: a kernel adds a shortcut and applies the activation before it rounds. The other summand of a sum that is rounded is
/// made integers, too; so is what is pooled or enlarged, with the scale of the result, since both only move numbers; and so is
/// what is concatenated.
public struct Placement: Sendable, Equatable {
    /// The values, by the names of the nodes that compute them.
    public private(set) var values: Set<String> = []
    /// Values that have the range of another one, since they hold nothing but numbers of it.
    public private(set) var sources: [String: String] = [:]

    /// - Parameters:
    ///   - graph: A network whose normalizations are part of its convolutions.
    ///   - layers: The convolutions that are to multiply integers.
    public init(_ graph: Graph, layers: Set<String>) {
        var readers = [[Int]](repeating: [], count: graph.nodes.count)
        for (index, node) in graph.nodes.enumerated() {
            for input in node.inputs { readers[input.index].append(index) }
        }
        var waiting = graph.nodes.filter { layers.contains($0.name) }.compactMap { $0.inputs.first?.index }
        var found: Set<Int> = []

        /// The other summands of a sum whose result is rounded; one convolution at most, the last, hands its floats on.
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

    /// The value whose numbers a value holds.
    public func origin(of name: String) -> String {
        var name = name
        while let source = sources[name] { name = source }
        return name
    }

    /// The convolutions of a network that can multiply integers, in order: those that something is computed from.
    public static func layers(of graph: Graph) -> [String] {
        let needed = (try? graph.part(to: graph.outputs.map(\.name))) ?? graph
        return needed.nodes.filter { weightAxis(of: $0.operator) != nil }.map(\.name)
    }
}
