import Graphs

/// Every network there is, by name.
public enum NetworkCatalogue {
    private static let builders: [(name: String, build: @Sendable (NetworkConfiguration) -> Graph)] = [
        ("compact", compact),
        ("resnet18", resnet18),
    ]

    /// The names that ``make(_:)`` knows; the first one is the default.
    public static let names = builders.map(\.name)

    /// A detector: its input is called `image` (`[batch, 3, row, column]`, both extents multiples of 32); its outputs are
    /// `heatmap` (logits, `[batch, class, row, column]`), `size` (width and height in output cells) and `offset` (from a
    /// cell's corner to the centre, x and y), both `[batch, 2, row, column]`. With joints there are three more:
    /// `jointDisplacement` (`[batch, 2 joint, row, column]`: x and y of each joint from the corner of an object's centre cell),
    /// `jointHeatmap` (logits, `[batch, joint, row, column]`) and `jointOffset` (`[batch, 2, row, column]`: from a cell's corner
    /// to the joint in it), all in output cells.
    ///
    /// - Throws: ``NetworkError`` for an unknown name, or sizes that no network can have.
    public static func make(_ configuration: NetworkConfiguration) throws(NetworkError) -> Graph {
        guard let builder = builders.first(where: { $0.name == configuration.name }) else {
            throw .unknownNetwork(configuration.name, known: names)
        }
        guard (1...10_000).contains(configuration.classCount) else { throw .classCount(configuration.classCount) }
        guard (1...4096).contains(configuration.headChannels) else { throw .headChannels(configuration.headChannels) }
        guard (0...1000).contains(configuration.jointCount) else { throw .jointCount(configuration.jointCount) }
        return builder.build(configuration)
    }
}

/// A network that cannot be built.
public enum NetworkError: Error, Equatable, CustomStringConvertible {
    /// No network is called so.
    case unknownNetwork(String, known: [String])
    /// Too few or too many classes.
    case classCount(Int)
    /// Too few or too many channels in the heads.
    case headChannels(Int)
    /// Too many joints.
    case jointCount(Int)
    /// A skeleton of another number of joints.
    case skeleton(joints: Int, expected: Int)
    /// A class name for each class, or none twice.
    case classNames([String], classCount: Int)
    /// Inputs whose quarter, eighth, … and thirty-second are not whole.
    case inputSize(Int)

    /// A sentence for the terminal.
    public var description: String {
        switch self {
        case .unknownNetwork(let name, let known):
            "there is no network called '\(name)'; there are \(known.joined(separator: " and "))"
        case .classCount(let count): "a network tells 1 to 10000 classes apart, not \(count)"
        case .headChannels(let count): "a head has 1 to 4096 channels, not \(count)"
        case .jointCount(let count): "a network answers with 0 to 1000 joints, not \(count)"
        case .skeleton(let joints, let expected): "a network for \(expected) joints cannot have a skeleton of \(joints)"
        case .classNames(let names, let count):
            "a network for \(count) \(count == 1 ? "class" : "classes") needs as many different names, not "
                + "[\(names.joined(separator: ", "))]"
        case .inputSize(let size): "the input is \(size) pixels wide, but must be a multiple of 32"
        }
    }
}
