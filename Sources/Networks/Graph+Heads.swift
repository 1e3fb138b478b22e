import DetectionHeads
import Graphs
import Operators

/// The initializers of the layers of size and offset heads; nil for PyTorch's defaults.
struct HeadInitializers: Sendable {
    var hidden, hiddenBias, last, lastBias: ParameterDeclaration.Initializer?

    /// The last layer near zero.
    static let usual = HeadInitializers(last: .normal(standardDeviation: 0.001), lastBias: .constant(0))
    /// Both layers near zero.
    static let small = HeadInitializers(
        hidden: .normal(standardDeviation: 0.001), hiddenBias: .constant(0), last: .normal(standardDeviation: 0.001),
        lastBias: .constant(0))
    /// Only the biases at zero.
    static let unbiased = HeadInitializers(hiddenBias: .constant(0), lastBias: .constant(0))
    /// PyTorch's defaults.
    static let plain = HeadInitializers()
}

extension Graph {
    /// Adds CenterNet's heads on shared features, three for boxes, two for points, and three more for keypoints: 3x3 convolution, ReLU, 1x1 convolution
    /// (Zhou et al., arXiv:1904.07850, sections 4 and 5.2).
    ///
    /// The last bias of heatmaps is initialized to -2.19, a probability of 0.1 everywhere, so that the many empty cells do not dominate the
    /// first steps (Lin et al., arXiv:1708.02002, section 4.1). The others are initialized as by the network's authors.
    ///
    /// - Parameters:
    ///   - regression: The initializers of all heads except heatmaps.
    ///   - stack: For a network of several stacks, the index of the heads' stack and the number of stacks: names are then those that
    ///     CenterNet gives to such heads, and the outputs of all stacks except the last are called `heatmap@0` and so on.
    mutating func addHeads(
        on features: Value, channels: Int, _ configuration: NetworkConfiguration,
        regression: HeadInitializers = .usual, stack: (index: Int, count: Int)? = nil
    ) {
        let layers = stack.map { ["\($0.index).0.conv", "\($0.index).0.relu", "\($0.index).1"] } ?? ["0", "1", "2"]
        let suffix = stack.map { $0.index < $0.count - 1 ? stackSuffix($0.index) : "" } ?? ""
        for head in configuration.heads {
            let name = head.name
            let width = head.channelCount(classes: configuration.classCount, keypoints: configuration.keypointCount)
            let start = head.activation == .sigmoid ? HeadInitializers(lastBias: .constant(-2.19)) : regression
            var value = add(
                "heads.\(name).\(layers[0])",
                Convolution(
                    inputChannels: channels, outputChannels: configuration.headChannels, kernel: 3, padding: 1,
                    initializer: start.hidden, biasInitializer: start.hiddenBias),
                features)
            value = add("heads.\(name).\(layers[1])", ReLU(), value)
            value = add(
                "heads.\(name).\(layers[2])",
                Convolution(
                    inputChannels: configuration.headChannels, outputChannels: width, kernel: 1,
                    initializer: start.last, biasInitializer: start.lastBias),
                value)
            output(name + suffix, value)
        }
    }

    /// The suffixes of a detector's output names for each stack: none for the last one, and `@0`, `@1`, … for earlier ones, which are used
    /// in training only (intermediate supervision; Newell et al., arXiv:1603.06937).
    public var headSuffixes: [String] {
        let heatmaps = Set(outputs.map(\.name).filter { $0.hasPrefix("\(DetectionHead.heatmap.name)@") })
        return (0..<heatmaps.count).map(stackSuffix) + [""]
    }
}

extension NetworkConfiguration {
    /// The heads that the network has.
    public var heads: [DetectionHead] { DetectionHead.all(keypointCount: keypointCount, objects: objectKind) }
}

private func stackSuffix(_ index: Int) -> String { "@\(index)" }
