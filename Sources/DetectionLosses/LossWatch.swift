import Foundation

/// Watches the losses of a training run for the ways in which it is known to fail quietly.
///
/// All of its state can be read and set, so that a resumed run watches on as if it had never stopped.
public struct LossWatch: Hashable, Sendable {
    /// How many steps in a row the heatmap must be dead before that is said.
    public var patience: Int
    /// Steps in a row, up to now, in which every peak was missed and the loss stood at the clamp.
    public var collapsedSteps = 0
    /// Over this epoch so far: the sum of the size losses, of the objects' mean extents, and their number.
    public var sizeSum = 0.0, extentSum = 0.0, stepCount = 0
    /// The mean size loss of the epoch before.
    public var previousSizeLoss: Double?
    /// Whether the size head's standstill has been said.
    public var saidSizeFrozen = false

    /// A watch that has seen nothing.
    public init(patience: Int = 50) {
        precondition(patience > 0, "a patience of \(patience) steps")
        self.patience = patience
    }

    /// Takes in one step's loss, and names what is wrong, once an occurrence.
    public mutating func observe(_ result: LossResult, focal: FocalLoss = FocalLoss()) -> LossDiagnosis? {
        guard result.isFinite else {
            return .notFinite(terms: result.terms.nonFiniteTerms, images: result.nonFiniteImages)
        }
        if result.objectCount > 0 {
            sizeSum += result.size
            extentSum += result.meanExtent
            stepCount += 1
        }
        // A batch without objects says nothing about collapse.
        guard result.peakCount > 0 else { return nil }
        let isCollapsed =
            result.missedPeakCount == result.peakCount
            && abs(result.heatmap - focal.lossOfMissedPeak) <= 1e-3 * focal.lossOfMissedPeak
        collapsedSteps = isCollapsed ? collapsedSteps + 1 : 0
        return collapsedSteps == patience ? .collapsedHeatmap(steps: patience, lossPerPeak: result.heatmap) : nil
    }

    /// Closes an epoch, and says whether the size head stood still: its mean loss is that of the epoch before to one part in
    /// 10,000, though it is off by at least half the objects' size, so that there was much to learn.
    public mutating func endEpoch() -> LossDiagnosis? {
        defer { (sizeSum, extentSum, stepCount) = (0, 0, 0) }
        guard stepCount > 0 else { return nil }
        let (loss, extent) = (sizeSum / Double(stepCount), extentSum / Double(stepCount))
        defer { previousSizeLoss = loss }
        guard let previousSizeLoss, abs(loss - previousSizeLoss) <= 1e-4 * previousSizeLoss, loss >= extent / 2 else {
            saidSizeFrozen = false
            return nil
        }
        defer { saidSizeFrozen = true }
        return saidSizeFrozen ? nil : .frozenSize(loss: loss, meanExtent: extent)
    }
}

/// A way in which training fails, and what to change.
public enum LossDiagnosis: Hashable, Sendable, CustomStringConvertible {
    /// A term is NaN or infinite; `images` are positions in the batch.
    case notFinite(terms: [String], images: [Int])
    /// Every centre's probability is at the lower clamp, where the gradient is zero: nothing can bring the heatmap back.
    case collapsedHeatmap(steps: Int, lossPerPeak: Double)
    /// The size head answers the same, epoch after epoch, and it is wrong.
    case frozenSize(loss: Double, meanExtent: Double)

    /// A sentence for the terminal: what happened, and what to change.
    public var message: String {
        switch self {
        case .notFinite(let terms, _):
            "the loss is not finite (\(terms.isEmpty ? "total" : terms.joined(separator: ", "))): lower the learning "
                + "rate, add warm-up steps, or clip the gradient's norm; the images named are the first to look at"
        case .collapsedHeatmap(let steps, let loss):
            String(
                format:
                    "the heatmap has collapsed to zero: for %d steps the focal loss has stood at %.4f per peak, the "
                    + "clamp, where the gradient vanishes; start again from earlier weights with a lower learning rate, "
                    + "more warm-up, or gradient clipping",
                steps, loss)
        case .frozenSize(let loss, let extent):
            String(
                format: "the size head does not move: its loss has stayed at %.3f cells for an epoch while objects "
                    + "measure %.1f cells on average; lower the learning rate (units may have died), check that "
                    + "the head is trained at all, or raise the weight of the size loss",
                loss, extent)
        }
    }

    /// The same as ``message``.
    public var description: String { message }
}
