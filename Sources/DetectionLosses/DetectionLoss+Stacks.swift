import HeatmapTargets
import Tensors

/// The outputs of the heads of a network, or of one of its stacks, for a batch.
public struct HeadMaps: Sendable {
    /// `[batch, class, row, column]`, before the sigmoid.
    public var heatmapLogits: Tensor
    /// `[batch, 2, row, column]`.
    public var size: Tensor
    /// `[batch, 2, row, column]`.
    public var offset: Tensor
    /// The outputs of the keypoint heads; nil for a network without keypoints.
    public var keypoints: KeypointHeads?

    /// Creates the maps from a network's outputs; nil when one of them is missing.
    ///
    /// - Parameters:
    ///   - suffix: The suffix of the outputs' names.
    ///   - hasKeypoints: Whether the network has keypoint heads.
    public init?(_ outputs: [String: Tensor], suffix: String = "", hasKeypoints: Bool = false) {
        guard let heatmap = outputs["heatmap" + suffix], let size = outputs["size" + suffix],
            let offset = outputs["offset" + suffix]
        else { return nil }
        (heatmapLogits, self.size, self.offset) = (heatmap, size, offset)
        guard hasKeypoints else { return }
        guard let displacement = outputs["keypointDisplacement" + suffix],
            let keypointHeatmap = outputs["keypointHeatmap" + suffix],
            let keypointOffset = outputs["keypointOffset" + suffix]
        else { return nil }
        keypoints = KeypointHeads(displacement: displacement, heatmapLogits: keypointHeatmap, offset: keypointOffset)
    }
}

extension DetectionLoss {
    /// Returns the loss of a network whose stacks each have heads (intermediate supervision; Newell et al., arXiv:1603.06937): the mean
    /// over the stacks. The counts are those of the last stack.
    ///
    /// - Parameter stacks: The heads' outputs of each stack; at least one.
    public func evaluate(stacks: [HeadMaps], targets: [DetectionTargets]) -> LossResult {
        precondition(!stacks.isEmpty, "the loss requires at least one stack")
        let results = stacks.map {
            evaluate(
                heatmapLogits: $0.heatmapLogits, size: $0.size, offset: $0.offset, keypoints: $0.keypoints,
                targets: targets)
        }
        var result = results[results.count - 1]
        guard results.count > 1 else { return result }
        result.terms = .mean(results.map(\.terms))
        result.perImage = result.perImage.indices.map { image in
            .mean(results.map { $0.perImage[image] })
        }
        let gradients = results.map { $0.gradients.scaled(by: 1 / Float(results.count)) }
        result.gradients = gradients[gradients.count - 1]
        result.earlierGradients = gradients.dropLast()
        return result
    }
}

extension LossResult {
    /// Returns the gradients by the names of a network's outputs.
    ///
    /// - Parameter suffixes: The suffix of the outputs' names for each stack.
    public func outputGradients(suffixes: [String]) -> [String: Tensor] {
        let all = earlierGradients + [gradients]
        precondition(all.count == suffixes.count, "\(all.count) gradients for \(suffixes.count) stacks")
        var named: [String: Tensor] = [:]
        for (suffix, gradients) in zip(suffixes, all) {
            named["heatmap" + suffix] = gradients.heatmapLogits
            named["size" + suffix] = gradients.size
            named["offset" + suffix] = gradients.offset
            named["keypointDisplacement" + suffix] = gradients.keypoints?.displacement
            named["keypointHeatmap" + suffix] = gradients.keypoints?.heatmapLogits
            named["keypointOffset" + suffix] = gradients.keypoints?.offset
        }
        return named
    }
}

extension LossTerms {
    fileprivate static func mean(_ terms: [LossTerms]) -> LossTerms {
        var mean = terms[0]
        for term in [
            \LossTerms.heatmap, \.size, \.offset, \.keypointDisplacement, \.keypointHeatmap, \.keypointOffset, \.total,
        ] {
            mean[keyPath: term] = terms.reduce(0) { $0 + $1[keyPath: term] } / Double(terms.count)
        }
        return mean
    }
}

extension HeadGradients {
    fileprivate func scaled(by factor: Float) -> HeadGradients {
        func scaled(_ tensor: Tensor) -> Tensor {
            var tensor = tensor
            tensor.withMutableElements { elements in
                for index in elements.indices { elements[index] *= factor }
            }
            return tensor
        }
        return HeadGradients(
            heatmapLogits: scaled(heatmapLogits), size: scaled(size), offset: scaled(offset),
            keypoints: keypoints.map {
                KeypointHeads(
                    displacement: scaled($0.displacement), heatmapLogits: scaled($0.heatmapLogits),
                    offset: scaled($0.offset))
            })
    }
}
