/// How long steps take, lately.
struct Pace {
    private(set) var secondsPerStep = 0.0
    private var weight = 0.0

    /// Takes in a step; an old one counts less with each that follows.
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
