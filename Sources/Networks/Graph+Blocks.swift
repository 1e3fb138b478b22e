import Graphs
import Operators

/// The few blocks that all networks here are made of.
extension Graph {
    /// A convolution that keeps a map's extent (but for its stride), without bias because a normalization follows; it starts
    /// as He et al. advise for ReLU networks (arXiv:1502.01852, eq. 14), with the variance `2 / (kernel² · outputChannels)`.
    mutating func convolution(
        _ name: String, _ input: Value, _ channels: (from: Int, to: Int), kernel: Int, stride: Int = 1
    ) -> Value {
        let deviation = (2 / Double(kernel * kernel * channels.to)).squareRoot()
        return add(
            name,
            Convolution(
                inputChannels: channels.from, outputChannels: channels.to, kernel: Extent(kernel),
                stride: Extent(stride), padding: Extent(kernel / 2), bias: false,
                initializer: .normal(standardDeviation: deviation)), input)
    }

    /// Convolution, normalization, ReLU under the names that PyTorch's `Sequential` gives them: `name.first`, and so on.
    mutating func convolutionBlock(
        _ name: String, at first: Int = 0, _ input: Value, _ channels: (from: Int, to: Int), kernel: Int = 3,
        stride: Int = 1
    ) -> Value {
        let convolved = convolution("\(name).\(first)", input, channels, kernel: kernel, stride: stride)
        let normalized = add("\(name).\(first + 1)", BatchNormalization(channels: channels.to), convolved)
        return add("\(name).\(first + 2)", ReLU(), normalized)
    }

    /// The basic residual block (He et al., arXiv:1512.03385, figure 5 left) with torchvision's names; the sum's ReLU is called
    /// `result`.
    ///
    /// - Parameter lastScale: Where the last normalization's scale starts; at zero the block starts as the identity.
    mutating func basicBlock(
        _ name: String, result: String, _ input: Value, _ channels: (from: Int, to: Int), stride: Int,
        lastScale: Float
    ) -> Value {
        let width = channels.to
        var branch = convolution("\(name).conv1", input, channels, kernel: 3, stride: stride)
        branch = add("\(name).bn1", BatchNormalization(channels: width), branch)
        branch = add("\(name).relu", ReLU(), branch)
        branch = convolution("\(name).conv2", branch, (width, width), kernel: 3)
        branch = add("\(name).bn2", BatchNormalization(channels: width, scale: lastScale), branch)
        var shortcut = input
        if stride != 1 || channels.from != width {
            shortcut = convolution("\(name).downsample.0", input, channels, kernel: 1, stride: stride)
            shortcut = add("\(name).downsample.1", BatchNormalization(channels: width), shortcut)
        }
        return add(result, ReLU(), add("\(name).add", Add(), shortcut, branch))
    }

    /// Basic blocks in a row, the first of which changes extent and channels; what the last one returns is called `name`, so
    /// that a whole stage can be tapped by its name.
    mutating func residualStage(
        _ name: String, _ input: Value, _ channels: (from: Int, to: Int), blocks: Int, stride: Int,
        lastScale: Float = 1
    ) -> Value {
        var value = input
        for block in 0..<blocks {
            value = basicBlock(
                "\(name).\(block)", result: block == blocks - 1 ? name : "\(name).\(block)", value,
                (block == 0 ? channels.from : channels.to, channels.to), stride: block == 0 ? stride : 1,
                lastScale: lastScale)
        }
        return value
    }
}
