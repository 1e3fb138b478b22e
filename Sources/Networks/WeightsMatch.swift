import Graphs
import Tensors
import WeightFiles

/// Which tensors of a file go to which parameters of a network, by the naming scheme under which most of them do.
public struct WeightsMatch: Sendable {
    /// A parameter whose tensor has another shape.
    public struct Misfit: Sendable, Equatable {
        /// Our name and the file's.
        public let parameter, tensor: String
        /// The shape that the network needs, and the one that the file has.
        public let expected, found: [Int]
    }

    /// The network's name.
    public let network: String
    /// How the file names its tensors.
    public let scheme: NameScheme
    /// Our names, with the file's, of everything that fits.
    public let matched: [(parameter: String, tensor: String)]
    /// Our names that the scheme has a name for, and the file no tensor.
    public let missing: [String]
    /// Names with a tensor of another shape.
    public let misfits: [Misfit]
    /// The file's names that the network has no place for, without those that no detector has one for.
    public let unexpected: [String]
    /// Our names that the scheme has no name for: a classifier has no heads.
    public let uncovered: [String]
    private let tensors: [String: Tensor]

    /// Finds the scheme under which most parameters have a tensor that fits; of equals the one that misses the fewest.
    public init(_ file: WeightsFile, graph: Graph, network: String) {
        let tensors = Dictionary(file.tensors.map { ($0.name, $0.tensor) }) { first, _ in first }
        let all = PublishedNames.schemes(for: network).map { scheme in
            WeightsMatch(file, tensors, graph: graph, network: network, scheme: scheme)
        }
        var best = all[0]
        for other in all.dropFirst() where other.rank > best.rank { best = other }
        self = best
    }

    private init(
        _ file: WeightsFile, _ tensors: [String: Tensor], graph: Graph, network: String, scheme: NameScheme
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
            guard let tensor = tensors[published] else {
                missing.append(name)
                continue
            }
            if tensor.shape == declaration.shape {
                matched.append((name, published))
            } else {
                misfits.append(
                    Misfit(parameter: name, tensor: published, expected: declaration.shape, found: tensor.shape))
            }
        }
        self.network = network
        self.scheme = scheme
        self.matched = matched
        self.missing = missing
        self.misfits = misfits
        self.uncovered = uncovered
        unexpected = file.tensors.map(\.name).filter { name in
            !known.contains(name) && !scheme.ignored.contains { name.hasPrefix($0) }
        }
        self.tensors = tensors
    }

    /// The width of the heads' hidden layer: how many kernels the first tensor of the heatmap's head has; nil for a file without.
    public static func headChannels(in file: WeightsFile, network: String) -> Int? {
        for scheme in PublishedNames.schemes(for: network) {
            guard let prefix = scheme.published("heads.heatmap.") else { continue }
            if let first = file.tensors.first(where: { $0.name.hasPrefix(prefix) && $0.tensor.shape.count == 4 }) {
                return first.tensor.shape[0]
            }
        }
        return nil
    }

    private var rank: (matched: Int, complete: Int) { (matched.count, -missing.count) }

    /// How many parameters the scheme has names for.
    public var count: Int { matched.count + missing.count + misfits.count }

    /// Every difference as a phrase: shapes first, for they tell most.
    public var differences: [String] {
        misfits.map { "'\($0.tensor)' has the shape \($0.found) where '\($0.parameter)' needs \($0.expected)" }
            + missing.map { "'\(scheme.published($0) ?? $0)' is missing" }
            + unexpected.map { "'\($0)' has no place in it" }
    }

    /// Refuses a file that is for another network: less than half of the parameters that the scheme names have a tensor that fits.
    ///
    /// - Throws: ``WeightsError/fewMatches(path:network:matched:count:differences:)``.
    public func requireMost(path: String) throws(WeightsError) {
        guard matched.count * 2 >= max(count, 1) else {
            throw .fewMatches(
                path: path, network: network, matched: matched.count, count: count, differences: differences)
        }
    }

    /// Refuses a file that lacks anything of the network.
    ///
    /// - Throws: ``WeightsError/otherNetwork(path:network:differences:)``.
    public func requireAll(path: String) throws(WeightsError) {
        guard matched.count == count, uncovered.isEmpty else {
            let none = uncovered.map { "'\($0)' has no name in files of \(scheme.name)" }
            throw .otherNetwork(
                path: path, network: network,
                differences: matched.isEmpty ? ["none of its tensors is"] : differences + none)
        }
    }

    /// Puts every tensor that fits in its place. Where the scheme's images have blue first, the input channels of the layers
    /// that see the image are turned round.
    ///
    /// - Throws: ``WeightsError/notFinite(path:tensor:value:index:)``; then nothing has changed.
    public func load(into parameters: ParameterStore, of graph: Graph, path: String) throws(WeightsError) {
        for (_, name) in matched {
            guard let elements = tensors[name]?.elements, let bad = elements.firstIndex(where: { !$0.isFinite }) else {
                continue
            }
            throw .notFinite(path: path, tensor: name, value: elements[bad], index: bad)
        }
        let turned = scheme.imagesAreBGR ? Set(graph.imageWeights) : []
        for (parameter, name) in matched {
            guard let tensor = tensors[name], let entry = parameters.entry(parameter) else { continue }
            entry.value.assign(turned.contains(parameter) ? tensor.turningInputChannels() : tensor)
        }
        parameters.markChanged()
    }
}

extension Graph {
    /// The weights that are multiplied with the image's three channels.
    var imageWeights: [String] {
        nodes.filter { node in node.inputs.contains { nodes[$0.index].operator == nil } }.flatMap { node in
            (node.operator?.parameters ?? []).filter { $0.shape.count == 4 && $0.shape[1] == 3 }
                .map(node.parameterName)
        }
    }
}

extension Tensor {
    /// Kernels `[output channel, input channel, row, column]` with the input channels in the opposite order.
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
