import Graphs
import Operators

/// The blocks that all networks here are built from.
extension Graph {
    /// Adds a convolution that keeps a map's extent (except for its stride), without bias because a normalization follows, initialized as
    /// He et al. recommend for ReLU networks (arXiv:1502.01852, eq. 14), with the variance `2 / (kernel² · outputChannels)`.
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

    /// Adds convolution, normalization and ReLU, named as in PyTorch's `Sequential`: `name.first`, and so on.
    mutating func convolutionBlock(
        _ name: String, at first: Int = 0, _ input: Value, _ channels: (from: Int, to: Int), kernel: Int = 3,
        stride: Int = 1
    ) -> Value {
        let convolved = convolution("\(name).\(first)", input, channels, kernel: kernel, stride: stride)
        let normalized = add("\(name).\(first + 1)", BatchNormalization(channels: channels.to), convolved)
        return add("\(name).\(first + 2)", ReLU(), normalized)
    }

    /// Adds the basic residual block (He et al., arXiv:1512.03385, figure 5 left) with torchvision's names; the sum's ReLU is called
    /// `result`.
    ///
    /// - Parameters:
    ///   - shortcut: The shortcut's value; nil for the input, projected where extent or channels change.
    ///   - lastScale: The initial scale of the last normalization; with zero the block is initially the identity.
    mutating func basicBlock(
        _ name: String, result: String, _ input: Value, _ channels: (from: Int, to: Int), stride: Int,
        shortcut: Value? = nil, lastScale: Float = 1
    ) -> Value {
        let width = channels.to
        var branch = convolution("\(name).conv1", input, channels, kernel: 3, stride: stride)
        branch = add("\(name).bn1", BatchNormalization(channels: width), branch)
        branch = add("\(name).relu", ReLU(), branch)
        branch = convolution("\(name).conv2", branch, (width, width), kernel: 3)
        branch = add("\(name).bn2", BatchNormalization(channels: width, scale: lastScale), branch)
        let shortcut = shortcut ?? fitted(name, input, channels, stride: stride)
        return add(result, ReLU(), add("\(name).add", Add(), shortcut, branch))
    }

    /// Adds the bottleneck residual block (He et al., arXiv:1512.03385, figure 5 right) with torchvision's names and, as there, the stride
    /// in its 3x3 convolution; its hidden layers have a quarter of the output channels.
    mutating func bottleneckBlock(
        _ name: String, result: String, _ input: Value, _ channels: (from: Int, to: Int), stride: Int
    ) -> Value {
        let width = channels.to / 4
        let layers = [(channels.from, width, 1, 1), (width, width, 3, stride), (width, channels.to, 1, 1)]
        var branch = input
        for (index, (from, to, kernel, stride)) in layers.enumerated() {
            let number = index + 1
            branch = convolution("\(name).conv\(number)", branch, (from, to), kernel: kernel, stride: stride)
            branch = add("\(name).bn\(number)", BatchNormalization(channels: to), branch)
            if number < layers.count { branch = add("\(name).relu\(number)", ReLU(), branch) }
        }
        let shortcut = fitted(name, input, channels, stride: stride)
        return add(result, ReLU(), add("\(name).add", Add(), shortcut, branch))
    }

    /// Returns the shortcut of a block: the input itself, or a 1x1 convolution of it where the block changes extent or channels.
    private mutating func fitted(
        _ name: String, _ input: Value, _ channels: (from: Int, to: Int), stride: Int
    ) -> Value {
        guard stride != 1 || channels.from != channels.to else { return input }
        let projected = convolution("\(name).downsample.0", input, channels, kernel: 1, stride: stride)
        return add("\(name).downsample.1", BatchNormalization(channels: channels.to), projected)
    }

    /// Adds a sequence of blocks, the first of which changes extent and channels. The last one's output is called `name`, so that a whole
    /// stage can be referred to by its name.
    mutating func residualStage(
        _ name: String, _ input: Value, _ channels: (from: Int, to: Int), blocks: Int, stride: Int,
        hasBottlenecks: Bool = false, lastScale: Float = 1
    ) -> Value {
        var value = input
        for block in 0..<blocks {
            let result = block == blocks - 1 ? name : "\(name).\(block)"
            let (from, stride) = block == 0 ? (channels.from, stride) : (channels.to, 1)
            value =
                hasBottlenecks
                ? bottleneckBlock("\(name).\(block)", result: result, value, (from, channels.to), stride: stride)
                : basicBlock(
                    "\(name).\(block)", result: result, value, (from, channels.to), stride: stride,
                    lastScale: lastScale)
        }
        return value
    }
}
