import Tensors

/// How a target's score changes when only the part of the image that a map highlights is shown.
public struct ConfidenceChange: Sendable, Equatable {
    /// The score of the unchanged image, a probability.
    public let unchanged: Float
    /// The score of the image masked by the map.
    public let explained: Float

    /// A change from its two scores.
    public init(unchanged: Float, explained: Float) {
        self.unchanged = unchanged
        self.explained = explained
    }

    /// The relative drop in percent, `100 max(0, Y - O) / Y`: Chattopadhay et al. ("Grad-CAM++", 2018, section 4.1). pytorch-grad-cam's
    /// `DropInConfidence` is `max(0, Y - O)`, not divided by `Y`.
    public var dropInPercent: Double { 100 * Double(max(0, unchanged - explained)) / Double(unchanged) }

    /// Whether the score is higher without the rest of the image.
    public var isIncrease: Bool { explained > unchanged }
}

/// Scores the image and the image masked by the map: `map * input + (1 - map) * baseline`.
///
/// - Parameters:
///   - map: `[row, column]` of the input, in `0...1`.
///   - input: `[3, row, column]`, normalized.
/// - baseline: The image shown where the map is zero, of the same shape; by default zeros, the mean colour.
/// - score: The target as a probability.
/// - Throws: ``FaithfulnessError`` when the unchanged image's score is not above zero; whatever the scorer throws.
public func confidenceChange(
    map: Tensor, input: Tensor, baseline: Tensor? = nil, score: Score
) throws -> ConfidenceChange {
    let extents = LayerExtents(input, baseline ?? input)
    precondition(
        map.shape == [extents.rows, extents.columns],
        "a map of \(map.shape) does not cover the pixels of \(input.shape)")
    let baseline = baseline ?? Tensor(input.shape)
    var batch = Tensor(uninitialized: [2] + input.shape)
    batch.withMutableElements { batch in
        map.withElements { map in
            input.withElements { input in
                baseline.withElements { baseline in
                    for index in input.indices {
                        let hidden = baseline[index]
                        batch[index] = input[index]
                        batch[input.count + index] = hidden + map[index % extents.cells] * (input[index] - hidden)
                    }
                }
            }
        }
    }
    let answers = try scores(score, of: batch)
    try requireScore(answers[0])
    return ConfidenceChange(unchanged: answers[0], explained: answers[1])
}

/// The mean relative drop in percent: lower is better. Nil for no changes.
public func averageDrop(_ changes: [ConfidenceChange]) -> Double? {
    changes.isEmpty ? nil : changes.reduce(0) { $0 + $1.dropInPercent } / Double(changes.count)
}

/// The share of maps, in percent, for which the score rises: higher is better. Nil for no changes.
public func increaseInConfidence(_ changes: [ConfidenceChange]) -> Double? {
    changes.isEmpty ? nil : 100 * Double(changes.count { $0.isIncrease }) / Double(changes.count)
}
