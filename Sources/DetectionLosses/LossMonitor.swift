import Foundation

/// Checks the losses of a training run for known failures that would otherwise go unnoticed.
///
/// All state can be read and set, so that a resumed run continues the checks.
public struct LossMonitor: Hashable, Sendable {
    /// The number of consecutive steps with a collapsed heatmap before it is reported.
    public var patience: Int
    /// The current number of consecutive steps in which every peak was missed and the loss was at the clamp.
    public var collapsedSteps = 0
    /// Over this epoch so far: the sum of the size losses, the sum of what answers of 0 would have cost, and the number of steps.
    public var sizeSum = 0.0, zeroSum = 0.0, stepCount = 0
    /// The mean size loss of the previous epoch.
    public var previousSizeLoss: Double?
    /// Whether the frozen size head has been reported.
    public var saidSizeFrozen = false

    /// Creates a watch in its initial state.
    public init(patience: Int = 50) {
        precondition(patience > 0, "a patience of \(patience) steps")
        self.patience = patience
    }

    /// Adds one step's loss; returns a diagnosis once per occurrence.
    public mutating func observe(_ result: LossResult, focal: FocalLoss = FocalLoss()) -> LossDiagnosis? {
        guard result.isFinite else {
            return .notFinite(terms: result.terms.nonFiniteTerms, images: result.nonFiniteImages)
        }
        // Points have no size to learn.
        if result.objectCount > 0, result.sizeLossOfZero > 0 {
            sizeSum += result[.size]
            zeroSum += result.sizeLossOfZero
            stepCount += 1
        }
        // A batch without objects cannot show a collapse.
        guard result.peakCount > 0 else { return nil }
        let isCollapsed =
            result.missedPeakCount == result.peakCount
            && abs(result[.heatmap] - focal.lossOfMissedPeak) <= 1e-3 * focal.lossOfMissedPeak
        collapsedSteps = isCollapsed ? collapsedSteps + 1 : 0
        return collapsedSteps == patience ? .collapsedHeatmap(steps: patience, lossPerPeak: result[.heatmap]) : nil
    }

    /// Ends an epoch, and returns a diagnosis if the size head is frozen: its mean loss equals that of the previous epoch to one part in
    /// 10,000, although it is at least half of what answers of 0 would cost, so that there is much left to learn.
    public mutating func endEpoch() -> LossDiagnosis? {
        defer { (sizeSum, zeroSum, stepCount) = (0, 0, 0) }
        guard stepCount > 0 else { return nil }
        let (loss, zero) = (sizeSum / Double(stepCount), zeroSum / Double(stepCount))
        defer { previousSizeLoss = loss }
        guard let previousSizeLoss, abs(loss - previousSizeLoss) <= 1e-4 * previousSizeLoss, loss >= zero / 2 else {
            saidSizeFrozen = false
            return nil
        }
        defer { saidSizeFrozen = true }
        return saidSizeFrozen ? nil : .frozenSize(loss: loss, lossOfZero: zero)
    }
}

/// A failure of training, and what to change.
public enum LossDiagnosis: Hashable, Sendable, CustomStringConvertible {
    /// A term is NaN or infinite; `images` are positions in the batch.
    case notFinite(terms: [String], images: [Int])
    /// Every centre's probability is at the lower clamp, where the gradient is zero, so the heatmap cannot recover.
    case collapsedHeatmap(steps: Int, lossPerPeak: Double)
    /// The size head's loss stays the same for an epoch, although it is large.
    case frozenSize(loss: Double, lossOfZero: Double)

    /// The message to the user: what happened, and what to change.
    public var message: String {
        switch self {
        case .notFinite(let terms, _):
            "the loss is not finite (\(terms.isEmpty ? "total" : terms.joined(separator: ", "))): lower the learning "
                + "rate, add warm-up steps, or clip the gradient's norm; check the named images first"
        case .collapsedHeatmap(let steps, let loss):
            String(
                format:
                    "the heatmap has collapsed to zero: for %d steps the focal loss has been %.4f per peak, its value at the "
                    + "clamp, where the gradient is zero; restart from earlier weights with a lower learning rate, "
                    + "more warm-up, or gradient clipping",
                steps, loss)
        case .frozenSize(let loss, let zero):
            String(
                format: "the size head is not learning: its loss has stayed at %.3f for an epoch, where answers of 0 "
                    + "cost %.3f; lower the learning rate (units may be dead), check that "
                    + "the head is trained at all, or raise the weight of the size loss",
                loss, zero)
        }
    }

    /// The same as ``message``.
    public var description: String { message }
}
