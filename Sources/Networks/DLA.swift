import Graphs
import Operators

/// The levels of DLA-34 (Yu et al., arXiv:1707.06484, table 1): strides 1, 2, 4, 8, 16 and 32.
private let levels: [(channels: Int, depth: Int)] = [(16, 1), (32, 1), (64, 1), (128, 2), (256, 2), (512, 1)]

/// The level of CenterNet's outputs, stride 4.
private let firstLevel = 2

/// CenterNet's DLA-34 with deformable convolutions in the upsampler (`dla_34`; Zhou et al., arXiv:1904.07850, figure 6d).
func dla34(_ configuration: NetworkConfiguration) -> Graph {
    var graph = Graph()
    let maps = graph.dlaTrunk()
    let aggregated = graph.iterativeUpsampling(Array(maps[firstLevel...]), "upsampler.dla_up") { graph, name, nodes in
        graph.deformableAggregation(name, nodes)
    }
    // The last aggregation leaves one map per level; all except the coarsest are combined once more.
    var joined: [ScaledMap] = Array(aggregated.dropLast())
    joined = graph.deformableAggregation("upsampler.ida_up", joined)
    graph.addHeads(
        on: joined[joined.count - 1].value, channels: joined[0].channels, configuration, regression: .unbiased)
    return graph
}

/// CenterNet's DLA-34 with plain convolutions in the upsampler (`dlav0_34`; Yu et al., arXiv:1707.06484, section 4.2).
func dla34Plain(_ configuration: NetworkConfiguration) -> Graph {
    var graph = Graph()
    let maps = graph.dlaTrunk()
    let aggregated = graph.iterativeUpsampling(Array(maps[firstLevel...]), "upsampler.dla_up") { graph, name, nodes in
        graph.plainAggregation(name, nodes)
    }
    graph.addHeads(on: aggregated[0].value, channels: aggregated[0].channels, configuration, regression: .small)
    return graph
}

extension Graph {
    /// Adds the trunk, with CenterNet's names below `backbone.`, and returns its six levels, `backbone.level0` to `backbone.level5`.
    fileprivate mutating func dlaTrunk() -> [ScaledMap] {
        var value = convolutionBlock("backbone.base_layer", input("image"), (3, levels[0].channels), kernel: 7)
        var maps: [ScaledMap] = []
        var channels = levels[0].channels
        for (index, level) in levels.enumerated() {
            let name = "backbone.level\(index)"
            if index < firstLevel {
                value = convolutionBlock(name, value, (channels, level.channels), stride: index + 1)
                alias(name, for: value)
            } else {
                value = aggregationTree(
                    name, result: name, value, (channels, level.channels), depth: level.depth, stride: 2,
                    keepsInput: index > firstLevel)
            }
            channels = level.channels
            maps.append(ScaledMap(value: value, channels: channels, stride: 1 << index))
        }
        return maps
    }

    /// Adds hierarchical aggregation (Yu et al., arXiv:1707.06484, equation 3): two blocks, or two trees, and a root that combines their
    /// outputs with those of the levels above.
    ///
    /// - Parameters:
    ///   - keepsInput: Whether the root also takes the tree's input.
    ///   - children: The values from trees above that the root also takes.
    private mutating func aggregationTree(
        _ name: String, result: String, _ input: Value, _ channels: (from: Int, to: Int), depth: Int, stride: Int,
        keepsInput: Bool = false, children: [(value: Value, channels: Int)] = []
    ) -> Value {
        var children = children
        let bottom =
            stride > 1
            ? add("\(name).downsample", MaxPooling(kernel: Extent(stride), stride: Extent(stride)), input) : input
        var shortcut = bottom
        if channels.from != channels.to {
            // Trees of trees also have this projection, but never use it; published files contain it.
            shortcut = convolution("\(name).project.0", bottom, channels, kernel: 1)
            shortcut = add("\(name).project.1", BatchNormalization(channels: channels.to), shortcut)
        }
        if keepsInput { children.append((bottom, channels.from)) }
        if depth > 1 {
            let first = aggregationTree(
                "\(name).tree1", result: "\(name).tree1", input, channels, depth: depth - 1, stride: stride)
            return aggregationTree(
                "\(name).tree2", result: result, first, (channels.to, channels.to), depth: depth - 1, stride: 1,
                children: children + [(first, channels.to)])
        }
        let first = basicBlock(
            "\(name).tree1", result: "\(name).tree1", input, channels, stride: stride, shortcut: shortcut)
        let second = basicBlock("\(name).tree2", result: "\(name).tree2", first, (channels.to, channels.to), stride: 1)
        let joined = add("\(name).root.concat", Concatenate(), [second, first] + children.map(\.value))
        let width = 2 * channels.to + children.reduce(0) { $0 + $1.channels }
        let mixed = convolution("\(name).root.conv", joined, (width, channels.to), kernel: 1)
        let normalized = add("\(name).root.bn", BatchNormalization(channels: channels.to), mixed)
        return add(result, ReLU(), normalized)
    }
}
