/// Why a map cannot be judged.
public enum FaithfulnessError: Error, Equatable, CustomStringConvertible {
    /// The target's score for the unchanged image, which all other scores are relative to, is not above zero.
    case noScore(Float)

    /// A sentence for the terminal.
    public var description: String {
        switch self {
        case .noScore(let score):
            "the unchanged image's score is \(score); faithfulness can only be measured relative to a score above zero"
        }
    }
}

/// Requires a score above zero, which others can be relative to.
func requireScore(_ score: Float) throws(FaithfulnessError) {
    guard score > 0 && score.isFinite else { throw .noScore(score) }
}
