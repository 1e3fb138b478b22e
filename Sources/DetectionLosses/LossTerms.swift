import DetectionHeads

/// The losses of all heads, each before its weight, and their weighted sum.
public struct LossTerms: Hashable, Sendable {
    /// The loss of one head.
    public struct Term: Hashable, Sendable {
        /// The head.
        public let head: DetectionHead
        /// Its loss: per peak for heatmaps, in output cells for regressions.
        public var value: Double
    }

    /// One term per head, in the order of ``DetectionHead/all``.
    public private(set) var terms: [Term] = []
    /// What is minimized.
    public private(set) var total = 0.0

    /// No terms, and a total of 0: where a sum begins.
    public static let zero = LossTerms()

    private init() {}

    /// Terms, and the total that weights make of them.
    public init(_ values: [(head: DetectionHead, value: Double)], weights: LossWeights = LossWeights()) {
        terms = values.map { Term(head: $0.head, value: $0.value) }
        total = values.reduce(0) { $0 + weights[$1.head] * $1.value }
    }

    /// Terms and a total that were kept elsewhere.
    package init(terms: [(head: DetectionHead, value: Double)], total: Double) {
        self.terms = terms.map { Term(head: $0.head, value: $0.value) }
        self.total = total
    }

    /// The loss of a head; 0 for a head that the network does not have.
    public subscript(head: DetectionHead) -> Double { terms.first { $0.head == head }?.value ?? 0 }

    /// Names of the terms that are NaN or infinite.
    public var nonFiniteTerms: [String] { terms.filter { !$0.value.isFinite }.map(\.head.name) }

    /// The sum, term by term.
    public static func += (left: inout LossTerms, right: LossTerms) {
        if left.terms.isEmpty {
            left.terms = right.terms.map { Term(head: $0.head, value: 0) }
        }
        precondition(left.terms.map(\.head) == right.terms.map(\.head), "losses of different heads")
        for index in left.terms.indices { left.terms[index].value += right.terms[index].value }
        left.total += right.total
    }

    /// Every term divided by a number.
    public static func / (terms: LossTerms, divisor: Double) -> LossTerms {
        var result = terms
        for index in result.terms.indices { result.terms[index].value /= divisor }
        result.total /= divisor
        return result
    }
}
