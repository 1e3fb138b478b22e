import Tensors

/// Which images each step of a run takes: a function of the seed and the step, so that a run can go on anywhere.
public struct BatchPlan: Sendable {
    /// Images in the training set.
    public let sampleCount: Int
    /// Images a step: as many as were asked for, unless the set is smaller.
    public let batchSize: Int
    /// Full batches in the set; what is left over has its turn in another epoch's order.
    public let stepsPerEpoch: Int
    private let seed: UInt64

    /// A plan; `sampleCount` and `batchSize` are at least 1.
    public init(sampleCount: Int, batchSize: Int, seed: UInt64) {
        precondition(sampleCount > 0 && batchSize > 0, "no batches of \(batchSize) out of \(sampleCount) images")
        self.sampleCount = sampleCount
        self.batchSize = min(batchSize, sampleCount)
        stepsPerEpoch = sampleCount / self.batchSize
        self.seed = seed
    }

    /// The order of the whole set in an epoch.
    public func order(epoch: Int) -> [Int] {
        var random = SeededGenerator(seed, epoch)
        return Array(0..<sampleCount).shuffled(using: &random)
    }
}
