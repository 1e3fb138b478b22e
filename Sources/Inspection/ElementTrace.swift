import Graphs
import Operators

/// What single elements of a network's outputs are computed from: not only which nodes, but which elements of them, as far back as each
/// element comes from a few others. A detector joins the answers of all its grids in one output, and each object was found by one of them.
struct ElementTrace {
    /// The elements of a node's value that count.
    enum Part: Equatable {
        case none
        /// Indices in the value of one image.
        case some(Set<Int>)
        case all

        mutating func add(_ elements: Set<Int>) {
            switch self {
            case .none: self = .some(elements)
            case .some(let known): self = .some(known.union(elements))
            case .all: break
            }
        }
    }

    /// The part of each node's value that the elements are computed from.
    private(set) var parts: [Part]
    /// The rows and columns of the maps in which the elements were found by convolutions.
    private(set) var grids: Set<[Int]> = []
    /// The inputs of concatenations that have no part in the elements.
    private(set) var otherBranches: [Int] = []

    /// More elements than this of one value are taken for all.
    private static let limit = 1 << 13

    /// Follows elements back to the input.
    ///
    /// - Parameters:
    ///   - elements: The node and the index of each element.
    ///   - shapes: The shape of each node's value for one image.
    init(_ graph: Graph, from elements: [(node: Int, index: Int)], shapes: [[Int]]) {
        parts = [Part](repeating: .none, count: graph.nodes.count)
        for (node, index) in elements { parts[node].add([index]) }
        for index in graph.nodes.indices.reversed() {
            let node = graph.nodes[index]
            guard parts[index] != .none, node.operator != nil else { continue }
            var sources: [Set<Int>]?
            if case .some(let wanted) = parts[index], wanted.count <= Self.limit {
                sources = graph.sources(of: wanted, at: index, shapes: shapes)
                if sources == nil, node.operator is Convolution, shapes[index].count == 4 {
                    grids.insert(Array(shapes[index][2...]))
                }
            }
            for (position, input) in node.inputs.enumerated() {
                guard let sources else {
                    parts[input.index] = .all
                    continue
                }
                if !sources[position].isEmpty { parts[input.index].add(sources[position]) }
                if sources[position].isEmpty && node.operator is Concatenate { otherBranches.append(input.index) }
            }
        }
    }
}

extension Graph {
    /// Returns which elements of each input some elements of a node's value are computed from; nil if those are all, or too many to tell.
    func sources(of wanted: Set<Int>, at index: Int, shapes: [[Int]]) -> [Set<Int>]? {
        let node = nodes[index]
        let (shape, inputs) = (shapes[index], node.inputs.map { shapes[$0.index] })
        /// Elements of the first input, from the places of the wanted elements.
        func moved(_ place: ([Int]) -> [Int]) -> [Set<Int>] {
            [Set(wanted.map { inputs[0].index(at: place(shape.place(of: $0))) })]
        }
        /// All elements of the first input along some axes, at the places of the wanted elements.
        func rows(_ axes: Range<Int>) -> [Set<Int>] {
            let starts = Set(
                wanted.map { element in
                    var place = shape.place(of: element)
                    for axis in axes { place[axis] = 0 }
                    return inputs[0].index(at: place)
                })
            let steps = axes.reduce([0]) { sums, axis in
                let step = inputs[0][(axis + 1)...].reduce(1, *)
                return sums.flatMap { sum in (0..<inputs[0][axis]).map { sum + $0 * step } }
            }
            return [Set(starts.flatMap { start in steps.map { start + $0 } })]
        }
        switch node.operator {
        case is Reshape: return [wanted]
        case let transpose as Transpose:
            return moved { place in
                var source = place
                for (axis, old) in transpose.axes.enumerated() { source[old] = place[axis] }
                return source
            }
        case let slice as Slice:
            return moved { place in
                var place = place
                for range in slice.ranges {
                    let first = range.positions(inputs[0][range.axis]).first
                    place[range.axis] = first + range.step * place[range.axis]
                }
                return place
            }
        case let gather as Gather:
            return moved { place in
                let inner = place[gather.axis..<gather.axis + gather.indexShape.count]
                let position = gather.indices[gather.indexShape.index(at: Array(inner))]
                return Array(place[..<gather.axis]) + [position < 0 ? position + inputs[0][gather.axis] : position]
                    + place[(gather.axis + gather.indexShape.count)...]
            }
        case let concatenation as Concatenate:
            var sources = [Set<Int>](repeating: [], count: inputs.count)
            for element in wanted {
                var place = shape.place(of: element)
                var input = 0
                while place[concatenation.axis] >= inputs[input][concatenation.axis] {
                    place[concatenation.axis] -= inputs[input][concatenation.axis]
                    input += 1
                }
                sources[input].insert(inputs[input].index(at: place))
            }
            return sources
        case let softmax as Softmax: return rows(softmax.axis..<softmax.axis + 1)
        case let normalization as LayerNormalization:
            return rows(shape.count - normalization.shape.count..<shape.count)
        case is Linear where inputs[0].count == shape.count: return rows(shape.count - 1..<shape.count)
        case is MatrixMultiplication
        where nodes[node.inputs[1].index].operator is Constant && inputs[0].count == shape.count:
            return rows(shape.count - 1..<shape.count) + [[]]
        case let convolution as Convolution
        where convolution.kernel == 1 && convolution.stride == 1 && convolution.groups == 1
            && Array(inputs[0].dropFirst(2)) == Array(shape.dropFirst(2)):
            return rows(1..<2)
        case is Sigmoid, is ReLU, is PReLU, is Activation, is Add, is Multiply, is Arithmetic, is Comparison, is Where,
            is Expand, is BatchNormalization, is QuantizeLinear, is DequantizeLinear:
            return inputs.map { input in
                let axes = shape.count - input.count
                return Set(
                    wanted.map { element in
                        let place = shape.place(of: element).dropFirst(axes)
                        return input.index(at: zip(place, input).map { $1 == 1 ? 0 : $0 })
                    })
            }
        default: return nil
        }
    }
}

extension Graph {
    /// Returns the rows and columns of the last map before a value in which a convolution looks at neighbouring cells; nil without such.
    func grid(before value: Int, _ shapes: [[Int]]) -> [Int]? {
        var index = value
        while true {
            let node = nodes[index]
            if let convolution = node.operator as? Convolution, convolution.kernel != 1 {
                return Array(shapes[index].dropFirst(2))
            }
            guard let input = node.inputs.first(where: { !(nodes[$0.index].operator is Constant) }) else { return nil }
            index = input.index
        }
    }
}

extension [Int] {
    /// Returns the place of an element in a value of this shape, from its index.
    func place(of index: Int) -> [Int] {
        var (rest, place) = (index, self)
        for axis in indices.reversed() {
            place[axis] = rest % self[axis]
            rest /= self[axis]
        }
        return place
    }

    /// Returns the index of an element in a value of this shape, from its place.
    func index(at place: [Int]) -> Int { zip(place, self).reduce(0) { $0 * $1.1 + $1.0 } }
}
