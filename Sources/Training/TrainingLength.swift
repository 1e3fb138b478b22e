/// How long a run is: its steps, in epochs of which the last may be shorter than the others.
public struct TrainingLength: Hashable, Sendable {
    /// All steps of the run.
    public let steps: Int
    /// The steps of a whole epoch.
    public let stepsPerEpoch: Int

    /// A length of so many steps.
    public init(steps: Int, stepsPerEpoch: Int) {
        precondition(stepsPerEpoch > 0 && steps >= 0, "\(steps) steps in epochs of \(stepsPerEpoch)")
        self.steps = steps
        self.stepsPerEpoch = stepsPerEpoch
    }

    /// A length of whole epochs.
    public init(epochs: Int, stepsPerEpoch: Int) {
        self.init(steps: epochs * stepsPerEpoch, stepsPerEpoch: stepsPerEpoch)
    }

    /// The epochs, the last one included however short it is.
    public var epochs: Int { (steps + stepsPerEpoch - 1) / stepsPerEpoch }

    /// The steps of an epoch, from 0.
    public func steps(inEpoch epoch: Int) -> Int { max(0, min(stepsPerEpoch, steps - epoch * stepsPerEpoch)) }
}
