/// How a target's score changes while pixels are removed or inserted, in the order in which a map ranks them.
public struct FaithfulnessCurve: Sendable, Equatable {
    /// The share of pixels changed, from 0 to 1.
    public let shares: [Double]
    /// The score at each share, divided by the unchanged image's score.
    public let scores: [Double]

    /// Creates a curve from its points.
    public init(shares: [Double], scores: [Double]) {
        precondition(shares.count == scores.count, "\(shares.count) shares for \(scores.count) scores")
        self.shares = shares
        self.scores = scores
    }

    /// The area below the curve, by the trapezoid rule.
    public var area: Double {
        zip(zip(shares, scores), zip(shares, scores).dropFirst()).reduce(0) { sum, pair in
            let ((x0, y0), (x1, y1)) = pair
            return sum + (x1 - x0) * (y0 + y1) / 2
        }
    }
}
