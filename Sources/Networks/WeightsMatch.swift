import Graphs
import Tensors
import WeightFiles

/// The assignment of a file's tensors to a network's parameters, by the naming scheme that matches most of them.
public struct WeightsMatch: Sendable {
    /// A parameter whose tensor has another shape.
    public struct Misfit: Sendable, Equatable {
        /// Pinpoint's name and the file's.
        public let parameter, tensor: String
        /// The shape that the network requires, and the file's.
        public let expected, found: [Int]
    }

    /// The network's name.
    public let network: String
    /// The naming scheme of the file.
    public let scheme: NameScheme
    /// Pinpoint's names of all matching parameters, with the file's names.
    public let matched: [(parameter: String, tensor: String)]
    /// Parameters that the scheme names, but the file lacks.
    public let missing: [String]
    /// Parameters whose tensor has another shape.
    public let misfits: [Misfit]
    /// The file's tensors that the network lacks, without those that no detector uses.
    public let unexpected: [String]
    /// Parameters that the scheme has no name for, such as heads in a classifier's scheme.
    public let uncovered: [String]
    /// The file, and the place of each tensor in it.
    private let file: WeightsReader
    private let places: [String: Int]
    private let namedRows: NamedRows?

    /// Finds the scheme in which most parameters have a matching tensor; of equals the one with the fewest missing.
    public init(_ file: WeightsReader, graph: Graph, network: String) {
        self.init(file, graph: graph, network: network, namedRows: nil)
    }

    /// Does the same for a model; where the file says what its classes and keypoints are called, they are matched by name.
    init(_ file: WeightsReader, model: Model) {
        self.init(
            file, graph: model.graph, network: model.network.name,
            namedRows: NamedRows(of: model, metadata: file.metadata))
    }

    private init(_ file: WeightsReader, graph: Graph, network: String, namedRows: NamedRows?) {
        let places = Dictionary(file.entries.enumerated().map { ($1.name, $0) }) { first, _ in first }
        let all = PublishedNames.schemes(for: network).map { scheme in
            WeightsMatch(file, places, graph: graph, network: network, scheme: scheme, namedRows: namedRows)
        }
        var best = all[0]
        for other in all.dropFirst() where other.rank > best.rank { best = other }
        self = best
    }

    private init(
        _ file: WeightsReader, _ places: [String: Int], graph: Graph, network: String, scheme: NameScheme,
        namedRows: NamedRows?
    ) {
        var (matched, missing, uncovered) = ([(parameter: String, tensor: String)](), [String](), [String]())
        var misfits: [Misfit] = []
        var known: Set<String> = []
        for (name, declaration) in graph.parameters {
            guard let published = scheme.published(name) else {
                uncovered.append(name)
                continue
            }
            known.insert(published)
            guard let shape = places[published].map({ file.entries[$0].shape }) else {
                missing.append(name)
                continue
            }
            var expected = declaration.shape
            if let count = namedRows?.rowCounts[name], !expected.isEmpty { expected[0] = count }
            if shape == expected {
                matched.append((name, published))
            } else {
                misfits.append(Misfit(parameter: name, tensor: published, expected: expected, found: shape))
            }
        }
        self.network = network
        self.scheme = scheme
        self.matched = matched
        self.missing = missing
        self.misfits = misfits
        self.uncovered = uncovered
        unexpected = file.entries.map(\.name).filter { name in
            !known.contains(name) && !scheme.ignored.contains { name.hasPrefix($0) }
        }
        self.file = file
        self.places = places
        self.namedRows = namedRows
    }

    /// The network's classes and keypoints that the file does not know: their rows of the last layers are not replaced.
    public var newNames: [String] { namedRows?.newNames ?? [] }

    /// Returns the number of channels of the heads' hidden layer, from the first tensor of the heatmap's head; nil for a file without
    /// heads.
    public static func headChannels(in file: WeightsReader, network: String) -> Int? {
        for scheme in PublishedNames.schemes(for: network) {
            guard let prefix = scheme.published("heads.heatmap.") else { continue }
            if let first = file.entries.first(where: { $0.name.hasPrefix(prefix) && $0.shape.count == 4 }) {
                return first.shape[0]
            }
        }
        return nil
    }

    private var rank: (matched: Int, complete: Int) { (matched.count, -missing.count) }

    /// The number of parameters that the scheme has names for.
    public var count: Int { matched.count + missing.count + misfits.count }

    /// All differences as phrases: shapes first, because they are the most informative.
    public var differences: [String] {
        misfits.map { "'\($0.tensor)' has the shape \($0.found) where '\($0.parameter)' requires \($0.expected)" }
            + missing.map { "'\(scheme.published($0) ?? $0)' is missing" }
            + unexpected.map { "'\($0)' is not part of the network" }
    }

    /// Throws if a file is for another network: less than half of the parameters that the scheme names have a matching tensor.
    ///
    /// - Throws: ``WeightsError/fewMatches(path:network:matched:count:differences:)``.
    public func requireMost(path: String) throws(WeightsError) {
        guard matched.count * 2 >= max(count, 1) else {
            throw .fewMatches(
                path: path, network: network, matched: matched.count, count: count, differences: differences)
        }
    }

    /// Throws if a file lacks any parameter of the network.
    ///
    /// - Throws: ``WeightsError/otherNetwork(path:network:differences:)``.
    public func requireAll(path: String) throws(WeightsError) {
        guard matched.count == count, uncovered.isEmpty else {
            let none = uncovered.map { "'\($0)' has no name in \(scheme.name)'s files" }
            throw .otherNetwork(
                path: path, network: network,
                differences: matched.isEmpty ? ["none of its tensors matches"] : differences + none)
        }
    }

    /// Copies all matching tensors to the parameters. If the scheme's images are BGR, the input channels of the layers that read the image
    /// are reversed.
    ///
    /// - Throws: ``WeightsError/notFinite(path:tensor:value:index:)``; nothing is changed then.
    public func load(into parameters: ParameterStore, of graph: Graph, path: String) throws(WeightsError) {
        for (_, name) in matched {
            guard let place = places[name] else { continue }
            let elements = try file.tensor(place).elements
            guard let bad = elements.firstIndex(where: { !$0.isFinite }) else { continue }
            throw .notFinite(path: path, tensor: name, value: elements[bad], index: bad)
        }
        let turned = scheme.imagesAreBGR ? Set(graph.imageWeights) : []
        for (parameter, name) in matched {
            guard let place = places[name], let entry = parameters.entry(parameter) else { continue }
            let tensor = try file.tensor(place)
            if let rows = namedRows?.rows[parameter] {
                entry.value.assign(tensor, rows: rows)
            } else {
                entry.value.assign(turned.contains(parameter) ? tensor.turningInputChannels() : tensor)
            }
        }
        parameters.markChanged()
    }
}

extension Graph {
    /// The names of the weights that are multiplied with the image's three channels.
    var imageWeights: [String] {
        nodes.filter { node in node.inputs.contains { nodes[$0.index].operator == nil } }.flatMap { node in
            (node.operator?.parameters ?? []).filter { $0.shape.count == 4 && $0.shape[1] == 3 }
                .map(node.parameterName)
        }
    }
}

extension Tensor {
    /// Returns kernels `[output channel, input channel, row, column]` with the input channels in reverse order.
    func turningInputChannels() -> Tensor {
        let (outputs, inputs) = (shape[0], shape[1])
        let area = shape[2] * shape[3]
        var turned = Tensor(shape)
        turned.withMutableElements { target in
            withElements { source in
                for kernel in 0..<outputs * inputs {
                    let from = (kernel / inputs * inputs + inputs - 1 - kernel % inputs) * area
                    for place in 0..<area { target[kernel * area + place] = source[from + place] }
                }
            }
        }
        return turned
    }
}
