/// Why a map cannot be judged.
public enum FaithfulnessError: Error, Equatable, CustomStringConvertible {
    /// The target's score for the unchanged image, from which everything is counted, is not above zero.
    case noScore(Float)

    /// A sentence for the terminal.
    public var description: String {
        switch self {
        case .noScore(let score):
            "the unchanged image's score is \(score): there is no probability of which a map could explain a share"
        }
    }
}

/// Holds a score to being one of which shares can be taken.
func requireScore(_ score: Float) throws(FaithfulnessError) {
    guard score > 0 && score.isFinite else { throw .noScore(score) }
}
