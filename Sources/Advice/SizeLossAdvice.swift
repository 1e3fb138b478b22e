import DetectionHeads
import DetectionLosses
import JSON
import Training

/// How sizes are learned: by overlap, and in the cells around each centre, too.
///
/// CenterNet's own loss counts cells at the centre alone. Where sizes differ, large objects then decide it and none is right:
/// `Experiments/README.md` has what was measured.
enum SizeLossAdvice {
    static let loss = SizeLoss.giou
    static let share = 0.5
    static let weight = 1.0

    static let size = Advice.Choice(
        key: "loss.size", value: .string(loss.rawValue),
        reason: "A size is as wrong as its box overlaps the true one too little, whether the object is small or large.")
    static let region = Advice.Choice(
        key: "loss.region", value: .number(share),
        reason: "The cells in a box's middle half learn its size and centre, too: more to learn from few images.")
    static let weights = Advice.Choice(
        key: "loss.weights", value: .object(JSONObject([(DetectionHead.size.name, .number(weight))])),
        reason: "An overlap is between 0 and 1, as the offset is; CenterNet's 0.1 is for cells.")

    /// Makes a training learn sizes so.
    static func apply(to configuration: inout TrainingConfiguration) {
        configuration.loss.size = loss
        configuration.loss.weights[.size] = weight
        configuration.targets.region = share
    }
}
