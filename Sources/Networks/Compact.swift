import Graphs
import Operators

/// The stages of ``compact(_:)``: strides 4, 8, 16 and 32.
private let stages: [(channels: Int, blocks: Int, stride: Int)] = [(32, 1, 1), (64, 2, 2), (128, 2, 2), (128, 1, 2)]

/// The channels of the feature pyramid's maps.
private let pyramidChannels = 64

/// Pinpoint's own network, for small data sets and small machines: 1.24 million parameters.
///
/// It has a narrow residual trunk down to stride 32, and a feature pyramid back up (Lin et al., arXiv:1612.03144): at each stride the
/// trunk's map is added to the upsampled coarser map. Small objects depend on these lateral connections: an object of half a cell leaves no
/// trace at stride 32, and transposed convolutions alone cannot recover it.
func compact(_ configuration: NetworkConfiguration) -> Graph {
    var graph = Graph()
    var value = graph.input("image")
    value = graph.convolutionBlock("backbone.stem", value, (3, 32), stride: 2)
    value = graph.convolutionBlock("backbone.stem", at: 3, value, (32, 32), stride: 2)
    var channels = 32
    var maps: [(value: Graph.Value, channels: Int)] = []
    for (index, stage) in stages.enumerated() {
        value = graph.residualStage(
            "backbone.layer\(index + 1)", value, (channels, stage.channels), blocks: stage.blocks,
            stride: stage.stride, lastScale: 0)
        channels = stage.channels
        maps.append((value, channels))
    }
    let laterals = maps.enumerated().map { index, map in
        let name = "upsampler.lateral\(index + 1)"
        let reduced = graph.convolution("\(name).0", map.value, (map.channels, pyramidChannels), kernel: 1)
        return graph.add("\(name).1", BatchNormalization(channels: pyramidChannels), reduced)
    }
    value = laterals[3]
    for level in [3, 2, 1] {
        let name = "upsampler.level\(level)"
        let enlarged = graph.add("\(name).upsample", NearestUpsampling(scale: 2), value)
        let sum = graph.add("\(name).add", Add(), laterals[level - 1], enlarged)
        let joined = graph.add("\(name).relu", ReLU(), sum)
        value = graph.convolutionBlock(name, joined, (pyramidChannels, pyramidChannels))
    }
    graph.addHeads(on: value, channels: pyramidChannels, configuration)
    return graph
}
