import Boxes
import Graphs

/// All networks by name.
public enum NetworkCatalogue {
    private struct Entry: Sendable {
        let name: String
        /// The default number of channels of the heads' hidden layers.
        var headChannels = 64
        /// The number that the input's width and height must be multiples of.
        var inputMultiple = 32
        let build: @Sendable (NetworkConfiguration) -> Graph
    }

    private static let entries: [Entry] =
        [Entry(name: "compact", build: compact)]
        + ResNetDepth.allCases.map { depth in
            Entry(name: "resnet\(depth.rawValue)") {
                resnet(depth, widths: [256, 128, 64], regression: .small, $0)
            }
        }
        + ResNetDepth.allCases.map { depth in
            Entry(name: "resnet\(depth.rawValue)-wide") {
                resnet(depth, widths: [256, 256, 256], regression: .usual, $0)
            }
        }
        + ResNetDepth.allCases.map { depth in Entry(name: "resdcn\(depth.rawValue)") { resdcn(depth, $0) } }
        + [
            Entry(name: "dla34", headChannels: 256, build: dla34),
            Entry(name: "dla34-plain", headChannels: 256, build: dla34Plain),
        ]
        + [("hourglass104", HourglassTable.hourglass104, 256), ("hourglass-small", .small, 64)].map {
            name, table, headChannels in
            Entry(name: name, headChannels: headChannels, inputMultiple: table.inputMultiple) { hourglass(table, $0) }
        }

    /// The names that ``make(_:)`` accepts; the first one is the default.
    ///
    /// Apart from Pinpoint's own `compact` and `hourglass-small` they are CenterNet's: `resnet18-wide` is its `res_18`, `resdcn18` its
    /// `resdcn_18`, `dla34` its `dla_34`, `dla34-plain` its `dlav0_34`, `hourglass104` its `hourglass`. `resnet18` without
    /// `-wide` has the narrower upsampler of the deformable ones.
    public static let names = entries.map(\.name)

    /// A small network of each kind, for tests.
    package static let kinds = [
        "compact", "resnet18", "resnet50-wide", "resdcn18", "dla34", "dla34-plain", "hourglass-small",
    ]

    /// Returns the number of channels of the heads' hidden layers in the published network.
    public static func headChannels(of name: String) -> Int {
        entries.first { $0.name == name }?.headChannels ?? 64
    }

    /// Returns the number that the width and height of a network's input must be multiples of.
    public static func inputMultiple(of name: String) -> Int {
        entries.first { $0.name == name }?.inputMultiple ?? 32
    }

    /// Throws if height and width of an input are not multiples of ``inputMultiple(of:)``.
    ///
    /// - Throws: ``NetworkError/inputSize(_:multiple:)``.
    public static func requireInputSize(_ size: InputExtent, of name: String) throws(NetworkError) {
        let multiple = inputMultiple(of: name)
        guard size.problem(multiple: multiple) == nil else { throw .inputSize(size, multiple: multiple) }
    }

    /// Builds a detector: its input is called `image` (`[batch, 3, row, column]`, with height and width multiples of
    /// ``inputMultiple(of:)``); its outputs are `heatmap` (logits, `[batch, class, row, column]`), `size` (width and height in output
    /// cells) and `offset` (from a cell's corner to the centre, x and y), both `[batch, 2, row, column]`. With keypoints there are three
    /// more: `keypointDisplacement` (`[batch, 2 keypoint, row, column]`: x and y of each keypoint from the corner of an object's centre
    /// cell), `keypointHeatmap` (logits, `[batch, keypoint, row, column]`) and `keypointOffset` (`[batch, 2, row, column]`: from a cell's
    /// corner to the keypoint in it), all in output cells. A network of several stacks also has these outputs for earlier stacks: see
    /// ``Graphs/Graph/headSuffixes``.
    ///
    /// - Throws: ``NetworkError`` for an unknown name, or sizes out of range.
    public static func make(_ configuration: NetworkConfiguration) throws(NetworkError) -> Graph {
        guard let builder = entries.first(where: { $0.name == configuration.name }) else {
            throw .unknownNetwork(configuration.name, known: names)
        }
        guard (1...10_000).contains(configuration.classCount) else { throw .classCount(configuration.classCount) }
        guard (1...4096).contains(configuration.headChannels) else { throw .headChannels(configuration.headChannels) }
        guard (0...1000).contains(configuration.keypointCount) else {
            throw .keypointCount(configuration.keypointCount)
        }
        return builder.build(configuration)
    }

    /// Builds the same network, with some values as integers if there is a quantization.
    ///
    /// - Throws: ``NetworkError``, also for a quantization of another network.
    public static func make(
        _ configuration: NetworkConfiguration, quantization: ModelQuantization?
    ) throws(NetworkError) -> Graph {
        let graph = try make(configuration)
        guard let quantization else { return graph }
        return try graph.foldingNormalizations.quantizing(quantization.activations)
    }
}

/// A network that cannot be built.
public enum NetworkError: Error, Equatable, CustomStringConvertible {
    /// No network has this name.
    case unknownNetwork(String, known: [String])
    /// Too few or too many classes.
    case classCount(Int)
    /// Too few or too many channels in the heads.
    case headChannels(Int)
    /// Too many keypoints.
    case keypointCount(Int)
    /// A skeleton with another number of keypoints.
    case skeleton(keypoints: Int, expected: Int)
    /// Class names that are not different or not one per class.
    case classNames([String], classCount: Int)
    /// A network without published parameter names.
    case unpublished(String)
    /// An input size that is not a multiple of the required number.
    case inputSize(InputExtent, multiple: Int)
    /// A quantization that does not match the network; a phrase.
    case quantization(String)
    /// A quantized model where floats are required.
    case quantized(String)
    /// A parameter with a number that 16 bits do not hold.
    case tooLargeForHalves(String)

    /// The error message.
    public var description: String {
        switch self {
        case .unknownNetwork(let name, let known):
            "there is no network called '\(name)'; the networks are \(known.joined(separator: ", "))"
        case .classCount(let count): "a network can have 1 to 10000 classes, not \(count)"
        case .headChannels(let count): "a head can have 1 to 4096 channels, not \(count)"
        case .keypointCount(let count): "a network can have 0 to 1000 keypoints, not \(count)"
        case .skeleton(let keypoints, let expected):
            "a network for \(expected) keypoints cannot have a skeleton with \(keypoints)"
        case .classNames(let names, let count):
            "a network for \(count) \(count == 1 ? "class" : "classes") requires as many different names, not "
                + "[\(names.joined(separator: ", "))]"
        case .unpublished(let name): "there are no published parameter names for the network '\(name)'"
        case .quantization(let reason): "the quantization does not match the network: \(reason)"
        case .quantized(let name):
            "this model of '\(name)' is quantized already; give the model that it was made from"
        case .tooLargeForHalves(let name):
            "'\(name)' has numbers beyond 65,504, the largest of 16 bits; keep this model in 32 bits"
        case .inputSize(let size, let multiple):
            "the input size \(size.problem(multiple: multiple) ?? "is \(size)")"
        }
    }
}
