import Graphs
import Operators

/// The dimensions of an hourglass network (Newell et al., arXiv:1603.06937; Law and Deng, arXiv:1808.01244, section 3.2).
package struct HourglassTable: Sendable {
    /// The number of consecutive hourglasses, each with its own heads.
    package let stacks: Int
    /// The channels after the first convolution.
    package let stem: Int
    /// The channels at each depth of an hourglass: at the input's extent (stride 4), at half of it, and so on.
    package let channels: [Int]
    /// The number of consecutive residual blocks at each depth.
    package let blocks: [Int]

    /// CenterNet's `hourglass`.
    package static let hourglass104 = HourglassTable(
        stacks: 2, stem: 128, channels: [256, 256, 384, 384, 384, 512], blocks: [2, 2, 2, 2, 2, 4])
    /// One narrow hourglass for machines without a GPU.
    package static let small = HourglassTable(
        stacks: 1, stem: 32, channels: [64, 64, 96, 96, 128], blocks: [1, 1, 1, 1, 2])

    package init(stacks: Int, stem: Int, channels: [Int], blocks: [Int]) {
        self.stacks = stacks
        self.stem = stem
        self.channels = channels
        self.blocks = blocks
    }

    /// The number that the input's width and height must be multiples of, because every halving is undone.
    package var inputMultiple: Int { 4 << (channels.count - 1) }
}

/// Returns an hourglass network with CenterNet's names below `backbone.`.
package func hourglass(_ table: HourglassTable, _ configuration: NetworkConfiguration) -> Graph {
    var graph = Graph()
    let width = table.channels[0]
    var value = graph.namedBlock("backbone.pre.0", graph.input("image"), (3, table.stem), kernel: 7, stride: 2)
    value = graph.hourglassResidual("backbone.pre.1", value, (table.stem, width), stride: 2)
    for stack in 0..<table.stacks {
        let looked = graph.hourglass("backbone.kps.\(stack)", value, table.channels[...], table.blocks[...])
        let features = graph.namedBlock("backbone.cnvs.\(stack)", looked, (width, width))
        graph.addHeads(
            on: features, channels: width, configuration, regression: .plain, stack: (stack, table.stacks))
        if stack < table.stacks - 1 {
            let before = graph.pointwise("backbone.inters_.\(stack)", value, width)
            let after = graph.pointwise("backbone.cnvs_.\(stack)", features, width)
            value = graph.add("backbone.inters.\(stack).sum", Add(), before, after)
            value = graph.add("backbone.inters.\(stack).start", ReLU(), value)
            value = graph.hourglassResidual("backbone.inters.\(stack)", value, (width, width))
        }
    }
    return graph
}

extension Graph {
    /// Adds an hourglass: a branch at half the extent, with the inner hourglass and upsampling, is added to a branch at full extent.
    fileprivate mutating func hourglass(
        _ name: String, _ input: Value, _ channels: ArraySlice<Int>, _ blocks: ArraySlice<Int>
    ) -> Value {
        let (here, below) = (channels[channels.startIndex], channels[channels.startIndex + 1])
        let count = blocks[blocks.startIndex]
        let around = hourglassResiduals("\(name).up1", input, Array(repeating: here, count: count + 1))
        var value = hourglassResiduals(
            "\(name).low1", input, [here] + Array(repeating: below, count: count), stride: 2)
        if channels.count > 2 {
            value = hourglass("\(name).low2", value, channels.dropFirst(), blocks.dropFirst())
        } else {
            let last = blocks[blocks.startIndex + 1]
            value = hourglassResiduals("\(name).low2", value, Array(repeating: below, count: last + 1))
        }
        value = hourglassResiduals("\(name).low3", value, Array(repeating: below, count: count) + [here])
        let enlarged = add("\(name).up2", NearestUpsampling(scale: 2), value)
        return add("\(name).merge", Add(), around, enlarged)
    }

    /// Adds a sequence of residual blocks, each from one number of channels to the next; the stride applies to the first one.
    private mutating func hourglassResiduals(
        _ name: String, _ input: Value, _ channels: [Int], stride: Int = 1
    ) -> Value {
        var value = input
        for (index, step) in zip(channels, channels.dropFirst()).enumerated() {
            value = hourglassResidual("\(name).\(index)", value, step, stride: index == 0 ? stride : 1)
        }
        return value
    }

    fileprivate mutating func hourglassResidual(
        _ name: String, _ input: Value, _ channels: (from: Int, to: Int), stride: Int = 1
    ) -> Value {
        let width = channels.to
        var branch = plainConvolution("\(name).conv1", input, channels, kernel: 3, stride: stride)
        branch = add("\(name).relu1", ReLU(), add("\(name).bn1", BatchNormalization(channels: width), branch))
        branch = plainConvolution("\(name).conv2", branch, (width, width), kernel: 3)
        branch = add("\(name).bn2", BatchNormalization(channels: width), branch)
        var shortcut = input
        if stride != 1 || channels.from != width {
            shortcut = plainConvolution("\(name).skip.0", input, channels, kernel: 1, stride: stride)
            shortcut = add("\(name).skip.1", BatchNormalization(channels: width), shortcut)
        }
        return add("\(name).relu", ReLU(), add("\(name).add", Add(), branch, shortcut))
    }

    /// Adds convolution, normalization and ReLU: `name.conv`, `name.bn`, `name.relu`.
    fileprivate mutating func namedBlock(
        _ name: String, _ input: Value, _ channels: (from: Int, to: Int), kernel: Int = 3, stride: Int = 1
    ) -> Value {
        let convolved = plainConvolution("\(name).conv", input, channels, kernel: kernel, stride: stride)
        let normalized = add("\(name).bn", BatchNormalization(channels: channels.to), convolved)
        return add("\(name).relu", ReLU(), normalized)
    }

    /// Adds a 1x1 convolution and its normalization: `name.0`, `name.1`.
    fileprivate mutating func pointwise(_ name: String, _ input: Value, _ channels: Int) -> Value {
        let convolved = plainConvolution("\(name).0", input, (channels, channels), kernel: 1)
        return add("\(name).1", BatchNormalization(channels: channels), convolved)
    }

    /// Adds a convolution that keeps a map's extent (except for its stride), without bias, initialized as by PyTorch, like the published
    /// networks.
    private mutating func plainConvolution(
        _ name: String, _ input: Value, _ channels: (from: Int, to: Int), kernel: Int, stride: Int = 1
    ) -> Value {
        add(
            name,
            Convolution(
                inputChannels: channels.from, outputChannels: channels.to, kernel: Extent(kernel),
                stride: Extent(stride), padding: Extent(kernel / 2), bias: false), input)
    }
}
