/// Where the curves of a run's losses part: the evaluation after which the loss on the validation split rises while the training loss falls
/// (overfitting).
///
/// Both curves are smoothed first, each evaluation with its neighbours. The parting is the last lowest point of the smoothed validation
/// loss, if three evaluations at least follow it (the smoothed ends move with one outlier), the loss has risen by more than a hundredth at the last one, and the smoothed training loss
/// has fallen meanwhile.
package struct LossParting: Equatable {
    /// The epoch of the evaluation, from 1.
    package let epoch: Int
    /// The smoothed loss on the validation split there and at the end.
    package let validation: (there: Double, end: Double)
    /// The smoothed training loss there and at the end.
    package let training: (there: Double, end: Double)

    /// How many evaluations there must be.
    package static let minimumEvaluations = 4

    /// Looks for the parting; nil where the curves do not part, or where there are less than four evaluations.
    ///
    /// - Parameters:
    ///   - training: The training loss by epoch.
    ///   - validation: The loss on the validation split by epoch, for those that were evaluated.
    package init?(training: [(epoch: Int, loss: Double)], validation: [(epoch: Int, loss: Double)]) {
        guard validation.count >= Self.minimumEvaluations else { return nil }
        // The mean since the evaluation before.
        var means: [Double] = []
        for (place, point) in validation.enumerated() {
            let before = place == 0 ? Int.min : validation[place - 1].epoch
            let losses = training.filter { $0.epoch > before && $0.epoch <= point.epoch }.map(\.loss)
            if losses.isEmpty { return nil }
            means.append(losses.reduce(0, +) / Double(losses.count))
        }
        let (trained, validated) = (Self.smoothed(means), Self.smoothed(validation.map(\.loss)))
        let last = validated.count - 1
        guard let lowest = validated.indices.min(by: { (validated[$0], -$0) < (validated[$1], -$1) }),
            last - lowest >= 3, validated[last] - validated[lowest] > 0.01 * abs(validated[lowest]),
            trained[last] < trained[lowest]
        else { return nil }
        epoch = validation[lowest].epoch
        self.validation = (validated[lowest], validated[last])
        self.training = (trained[lowest], trained[last])
    }

    /// Each value's mean with its neighbours; those at the ends have one.
    private static func smoothed(_ values: [Double]) -> [Double] {
        values.indices.map { place in
            let window = values[max(0, place - 1)...min(values.count - 1, place + 1)]
            return window.reduce(0, +) / Double(window.count)
        }
    }

    /// See `Equatable`.
    package static func == (left: LossParting, right: LossParting) -> Bool {
        left.epoch == right.epoch && left.validation == right.validation && left.training == right.training
    }
}
