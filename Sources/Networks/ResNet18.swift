import Graphs
import Operators

/// The stages of ResNet-18 (He et al., arXiv:1512.03385, table 1): strides 4, 8, 16 and 32.
private let stages: [(channels: Int, blocks: Int, stride: Int)] = [(64, 2, 1), (128, 2, 2), (256, 2, 2), (512, 2, 2)]

/// CenterNet's published network of this size, without deformable layers: a ResNet-18 trunk with torchvision's parameter names
/// below `backbone.`, three transposed convolutions back to stride 4 (Xiao et al., arXiv:1804.06208), and the heads.
func resnet18(_ configuration: NetworkConfiguration) -> Graph {
    var graph = Graph()
    var value = graph.input("image")
    value = graph.convolution("backbone.conv1", value, (3, 64), kernel: 7, stride: 2)
    value = graph.add("backbone.bn1", BatchNormalization(channels: 64), value)
    value = graph.add("backbone.relu", ReLU(), value)
    value = graph.add("backbone.maxpool", MaxPooling(kernel: 3, stride: 2, padding: 1), value)
    var channels = 64
    for (index, stage) in stages.enumerated() {
        value = graph.residualStage(
            "backbone.layer\(index + 1)", value, (channels, stage.channels), blocks: stage.blocks, stride: stage.stride)
        channels = stage.channels
    }
    for (index, width) in [256, 128, 64].enumerated() {
        let deconvolution = TransposedConvolution(
            inputChannels: channels, outputChannels: width, kernel: 4, stride: 2, padding: 1, bias: false,
            initializer: .normal(standardDeviation: 0.001))
        value = graph.add("upsampler.\(3 * index)", deconvolution, value)
        value = graph.add("upsampler.\(3 * index + 1)", BatchNormalization(channels: width), value)
        value = graph.add("upsampler.\(3 * index + 2)", ReLU(), value)
        channels = width
    }
    graph.addHeads(
        on: value, channels: channels, configuration, regressionInitializer: .normal(standardDeviation: 0.001))
    return graph
}
