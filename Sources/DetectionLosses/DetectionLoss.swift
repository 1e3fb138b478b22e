import DetectionHeads
import HeatmapTargets
import Tensors

/// CenterNet's loss ("Objects as Points", Zhou et al., 2019, equation 4): its value and its gradient with respect to a network's
/// outputs, in closed form.
public struct DetectionLoss: Hashable, Sendable {
    /// How much each head counts.
    public var weights: LossWeights
    /// The loss of heatmaps.
    public var focal: FocalLoss
    /// How much each class counts in the heatmap's loss; empty where all count the same.
    public var classWeights: [Double] = []
    /// What a wrong width and height cost.
    public var size: SizeLoss

    /// CenterNet's loss unless told otherwise.
    public init(weights: LossWeights = LossWeights(), focal: FocalLoss = FocalLoss(), size: SizeLoss = .l1) {
        self.size = size
        self.weights = weights
        self.focal = focal
    }

    /// The loss of a batch.
    ///
    /// A heatmap's focal loss is divided by the number of its peaks (by 1 when there are none), a regression's L1 loss by the number
    /// of its values, both counted over the whole batch, or over all batches whose `normalizers` are given. Of a network whose stacks
    /// each have heads (intermediate supervision; Newell et al., arXiv:1603.06937) the loss is the mean over the stacks; what is
    /// counted beside it is the last one's.
    ///
    /// - Parameters:
    ///   - outputs: The network's outputs by name: for each head `[batch, channel, row, column]` as ``DetectionHead`` says, logits
    ///     where its activation is the sigmoid.
    ///   - targets: One per image of the batch; with keypoints where the network has heads for them.
    ///   - suffixes: What the names of the outputs end in, stack by stack.
    /// - Precondition: every head of the targets has an output of the targets' extents.
    public func evaluate(
        _ outputs: [String: Tensor], targets: [DetectionTargets], suffixes: [String] = [""],
        normalizers: LossNormalizers? = nil
    ) -> LossResult {
        precondition(!suffixes.isEmpty, "a loss of no stacks")
        let withKeypoints = targets.count { $0.keypoints != nil }
        precondition(
            withKeypoints == 0 || withKeypoints == targets.count,
            "\(withKeypoints) of \(targets.count) targets have keypoints")
        let points = targets.count { $0.objectKind == .points }
        precondition(points == 0 || points == targets.count, "\(points) of \(targets.count) targets have points")
        let normalizers = normalizers ?? LossNormalizers(targets)
        let stacks = suffixes.map { evaluate(outputs, suffix: $0, targets, normalizers) }
        var gradients: [String: Tensor] = [:]
        for (stack, suffix) in zip(stacks, suffixes) {
            for (head, loss) in stack {
                gradients[head.name + suffix] =
                    stacks.count == 1 ? loss.gradient : loss.gradient.scaled(by: 1 / Float(stacks.count))
            }
        }
        let centers = targets.flatMap(\.centers)
        let sized = targets.heads.contains(.size) ? centers : []
        let zeros = sized.reduce(0.0) { sum, center in
            let place = HeadTarget.Place(row: center.row, column: center.column, x: center.width, y: center.height)
            return sum + size.pairLoss(0, 0, place).value
        }
        return LossResult(
            terms: mean(stacks) { $0.perImage.reduce(0, +) },
            perImage: targets.indices.map { image in mean(stacks) { $0.perImage[image] } }, gradients: gradients,
            peakCount: targets.reduce(0) { $0 + $1.peakCount },
            missedPeakCount: stacks[stacks.count - 1].first { $0.head == .heatmap }?.loss.missedPeakCount ?? 0,
            objectCount: centers.count, sizeLossOfZero: centers.isEmpty ? 0 : zeros / Double(2 * centers.count))
    }

    private func evaluate(
        _ outputs: [String: Tensor], suffix: String, _ targets: [DetectionTargets], _ normalizers: LossNormalizers
    ) -> [(head: DetectionHead, loss: HeadLoss)] {
        targets.heads.map { head in
            guard let map = outputs[head.name + suffix] else {
                preconditionFailure("there is no output '\(head.name + suffix)'")
            }
            return (head, loss(of: head, map, targets, count: normalizers.count(head)))
        }
    }

    /// The mean over stacks of one number per head.
    private func mean(
        _ stacks: [[(head: DetectionHead, loss: HeadLoss)]], _ value: (HeadLoss) -> Double
    ) -> LossTerms {
        var sum = LossTerms.zero
        for stack in stacks { sum += LossTerms(stack.map { ($0.head, value($0.loss)) }, weights: weights) }
        return stacks.count == 1 ? sum : sum / Double(stacks.count)
    }
}

extension Tensor {
    fileprivate func scaled(by factor: Float) -> Tensor {
        var tensor = self
        tensor.withMutableElements { elements in
            for index in elements.indices { elements[index] *= factor }
        }
        return tensor
    }
}
