import Graphs
import Operators

extension Graph {
    /// CenterNet's heads on shared features, three for boxes and three more for joints: 3x3 convolution, ReLU, 1x1 convolution
    /// (Zhou et al., arXiv:1904.07850, sections 4 and 5.2).
    ///
    /// The heatmaps' last bias starts at -2.19, a probability of 0.1 everywhere, so that the many empty cells do not drown
    /// the first steps (Lin et al., arXiv:1708.02002, section 4.1). The others start near zero.
    ///
    /// - Parameter regressionInitializer: How the hidden layers of the others start; nil as PyTorch's convolutions do.
    mutating func addHeads(
        on features: Value, channels: Int, _ configuration: NetworkConfiguration,
        regressionInitializer: ParameterDeclaration.Initializer? = nil
    ) {
        for (name, width) in configuration.heads {
            let isHeatmap = name == "heatmap" || name == "jointHeatmap"
            var value = add(
                "heads.\(name).0",
                Convolution(
                    inputChannels: channels, outputChannels: configuration.headChannels, kernel: 3, padding: 1,
                    initializer: isHeatmap ? nil : regressionInitializer,
                    biasInitializer: isHeatmap || regressionInitializer == nil ? nil : .constant(0)),
                features)
            value = add("heads.\(name).1", ReLU(), value)
            value = add(
                "heads.\(name).2",
                Convolution(
                    inputChannels: configuration.headChannels, outputChannels: width, kernel: 1,
                    initializer: isHeatmap ? nil : .normal(standardDeviation: 0.001),
                    biasInitializer: .constant(isHeatmap ? -2.19 : 0)),
                value)
            output(name, value)
        }
    }
}

extension NetworkConfiguration {
    /// The heads by name, which are the outputs' names, too, and their numbers of channels.
    var heads: [(name: String, width: Int)] {
        let boxes = [("heatmap", classCount), ("size", 2), ("offset", 2)]
        if jointCount == 0 { return boxes }
        return boxes + [("jointDisplacement", 2 * jointCount), ("jointHeatmap", jointCount), ("jointOffset", 2)]
    }
}
