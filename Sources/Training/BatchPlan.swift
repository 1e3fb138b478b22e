import Tensors

/// Assigns images to the steps of a run: a function of the seed and the step, so that a run can resume at any step.
public struct BatchPlan: Sendable {
    /// The number of images in the training set.
    public let sampleCount: Int
    /// Images per step: as configured, or the size of the training set if that is smaller.
    public let batchSize: Int
    /// Full batches per epoch; the remaining images, different ones in each epoch, are left out.
    public let stepsPerEpoch: Int
    private let seed: UInt64

    /// Creates a plan; `sampleCount` and `batchSize` must be at least 1.
    public init(sampleCount: Int, batchSize: Int, seed: UInt64) {
        precondition(sampleCount > 0 && batchSize > 0, "no batches of \(batchSize) out of \(sampleCount) images")
        self.sampleCount = sampleCount
        self.batchSize = min(batchSize, sampleCount)
        stepsPerEpoch = sampleCount / self.batchSize
        self.seed = seed
    }

    /// Returns the order of the training set in an epoch.
    public func order(epoch: Int) -> [Int] {
        var random = SeededGenerator(seed, epoch)
        return Array(0..<sampleCount).shuffled(using: &random)
    }
}
