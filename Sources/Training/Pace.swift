/// A running mean of the time per step.
struct Pace {
    private(set) var secondsPerStep = 0.0
    private var weight = 0.0

    /// Adds a step's duration; the weight of earlier steps decays exponentially.
    mutating func add(_ seconds: Double) {
        weight = 0.95 * weight + 0.05
        secondsPerStep += (seconds - secondsPerStep) * 0.05 / weight
    }
}

extension ContinuousClock.Instant {
    /// The seconds since this moment.
    var secondsToNow: Double {
        let duration = ContinuousClock.now - self
        return Double(duration.components.seconds) + Double(duration.components.attoseconds) * 1e-18
    }
}
