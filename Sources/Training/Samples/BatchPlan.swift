import Boxes
import Tensors

/// Which images each step of a run takes, and how large its inputs are: a function of the seed and the step, so that a run can be resumed anywhere.
public struct BatchPlan: Sendable {
    /// Images in the training set.
    public let sampleCount: Int
    /// Images per forward pass: as many as were asked for, unless the set is smaller.
    public let batchSize: Int
    /// Batches per step, whose gradients are added up: as many as were asked for, unless the set is smaller.
    public let accumulation: Int
    /// Full steps in the set; what is left over has its turn in another epoch's order.
    public let stepsPerEpoch: Int
    /// The input sizes among which steps change; empty where all have the samples' own.
    public let inputSizes: [InputExtent]
    /// After how many steps another input size is drawn.
    public let stepsPerInputSize: Int
    private let seed: UInt64
    /// How often each image is drawn, relative to the others; nil for once each.
    private let weights: [Double]?

    /// A plan; every number is at least 1.
    ///
    /// - Parameters:
    ///   - weights: How often each image is drawn, relative to the others, all above 0; nil for once each.
    ///   - inputSizes: The input sizes among which steps change, each as likely as another; none for the samples' own.
    public init(
        sampleCount: Int, batchSize: Int, accumulation: Int = 1, seed: UInt64, weights: [Double]? = nil,
        inputSizes: [InputExtent] = [], stepsPerInputSize: Int = 1
    ) {
        precondition(
            sampleCount > 0 && batchSize > 0 && accumulation > 0,
            "no steps of \(accumulation) batches of \(batchSize) out of \(sampleCount) images")
        self.sampleCount = sampleCount
        self.batchSize = min(batchSize, sampleCount)
        self.accumulation = min(accumulation, sampleCount / self.batchSize)
        stepsPerEpoch = sampleCount / (self.batchSize * self.accumulation)
        self.seed = seed
        self.weights = weights
        self.inputSizes = inputSizes
        self.stepsPerInputSize = max(1, stepsPerInputSize)
    }

    /// Images per step.
    public var imagesPerStep: Int { batchSize * accumulation }

    /// Batches per epoch.
    public var batchesPerEpoch: Int { stepsPerEpoch * accumulation }

    /// The input size of a batch, from 0, of the whole run: that of its step; nil for the samples' own.
    public func inputSize(ofBatch number: Int) -> InputExtent? {
        if inputSizes.count < 2 { return inputSizes.first }
        // No epoch has this number, so orders and samples draw other numbers.
        var random = SeededGenerator(seed, -1, number / accumulation / stepsPerInputSize)
        return inputSizes[random.integer(in: 0...(inputSizes.count - 1))]
    }

    /// The order of the whole set in an epoch.
    public func order(epoch: Int) -> [Int] {
        var random = SeededGenerator(seed, epoch)
        return drawn(&random).shuffled(using: &random)
    }

    /// The images of an epoch: with weights, each as often as its share says, rounded up or down at random (systematic sampling).
    private func drawn(_ random: inout SeededGenerator) -> [Int] {
        guard let weights else { return Array(0..<sampleCount) }
        let scale = Double(sampleCount) / weights.reduce(0, +)
        var images: [Int] = []
        var position = -random.uniform()
        for (index, weight) in weights.enumerated() {
            position += weight * scale
            while Double(images.count) < position + 1e-9 && images.count < sampleCount { images.append(index) }
        }
        // What rounding may have left out.
        while images.count < sampleCount { images.append(sampleCount - 1) }
        return images
    }
}
