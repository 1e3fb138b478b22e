import Graphs
import Operators

/// The depths of residual networks (He et al., arXiv:1512.03385, table 1).
enum ResNetDepth: Int, CaseIterable, Sendable {
    case layers18 = 18
    case layers34 = 34
    case layers50 = 50
    case layers101 = 101

    /// The numbers of blocks of the four stages, at strides 4, 8, 16 and 32.
    var blocks: [Int] {
        switch self {
        case .layers18: [2, 2, 2, 2]
        case .layers34, .layers50: [3, 4, 6, 3]
        case .layers101: [3, 4, 23, 3]
        }
    }

    /// Whether blocks have three layers with a narrow middle one, instead of two.
    var hasBottlenecks: Bool { self == .layers50 || self == .layers101 }

    /// The channels of each stage's maps.
    var channels: [Int] { [64, 128, 256, 512].map { hasBottlenecks ? 4 * $0 : $0 } }
}

/// Returns a ResNet with three transposed convolutions back to stride 4 (Xiao et al., arXiv:1804.06208) and the heads. CenterNet publishes
/// it with 256 channels in each (`res_18`, …); with 256, 128 and 64, as in its deformable networks, it computes less.
func resnet(
    _ depth: ResNetDepth, widths: [Int], regression: HeadInitializers, _ configuration: NetworkConfiguration
) -> Graph {
    var graph = Graph()
    var (value, channels) = graph.resNetTrunk(depth)
    for (index, width) in widths.enumerated() {
        let deconvolution = TransposedConvolution(
            inputChannels: channels, outputChannels: width, kernel: 4, stride: 2, padding: 1, bias: false,
            initializer: .normal(standardDeviation: 0.001))
        value = graph.add("upsampler.\(3 * index)", deconvolution, value)
        value = graph.add("upsampler.\(3 * index + 1)", BatchNormalization(channels: width), value)
        value = graph.add("upsampler.\(3 * index + 2)", ReLU(), value)
        channels = width
    }
    graph.addHeads(on: value, channels: channels, configuration, regression: regression)
    return graph
}

/// Returns CenterNet's ResNet with a deformable convolution before each of the three transposed convolutions (`resdcn_18`, …).
func resdcn(_ depth: ResNetDepth, _ configuration: NetworkConfiguration) -> Graph {
    var graph = Graph()
    var (value, channels) = graph.resNetTrunk(depth)
    for (index, width) in [256, 128, 64].enumerated() {
        func name(_ layer: Int) -> String { "upsampler.\(6 * index + layer)" }
        value = graph.deformableConvolution(name(0), value, (channels, width))
        value = graph.add(name(1), BatchNormalization(channels: width), value)
        value = graph.add(name(2), ReLU(), value)
        value = graph.bilinearDeconvolution(name(3), value, channels: width, factor: 2, groups: 1)
        value = graph.add(name(4), BatchNormalization(channels: width), value)
        value = graph.add(name(5), ReLU(), value)
        channels = width
    }
    graph.addHeads(on: value, channels: channels, configuration, regression: .small)
    return graph
}

extension Graph {
    /// Adds torchvision's ResNet without its classifier, with its parameter names below `backbone.`; the stages are called
    /// `backbone.layer1` to `backbone.layer4`.
    fileprivate mutating func resNetTrunk(_ depth: ResNetDepth) -> (value: Value, channels: Int) {
        var value = convolution("backbone.conv1", input("image"), (3, 64), kernel: 7, stride: 2)
        value = add("backbone.bn1", BatchNormalization(channels: 64), value)
        value = add("backbone.relu", ReLU(), value)
        value = add("backbone.maxpool", MaxPooling(kernel: 3, stride: 2, padding: 1), value)
        var channels = 64
        for (index, (width, blocks)) in zip(depth.channels, depth.blocks).enumerated() {
            value = residualStage(
                "backbone.layer\(index + 1)", value, (channels, width), blocks: blocks, stride: index == 0 ? 1 : 2,
                hasBottlenecks: depth.hasBottlenecks)
            channels = width
        }
        return (value, channels)
    }
}
