/// Which method explains a model best: a row per method and layer, with trivial baselines that a real explanation has to beat.
public struct FaithfulnessTable: Sendable, Equatable {
    /// A method at a layer, over all maps.
    public struct Row: Sendable, Equatable {
        /// The method's name.
        public let method: String
        /// The layer's name; nil for methods that need none.
        public let layer: String?
        /// Whether this is a trivial baseline that explains nothing: a random map, or a Gaussian in the middle.
        public let isBaseline: Bool
        /// The means over all maps.
        public let scores: FaithfulnessScores
        /// How many maps there were.
        public let mapCount: Int
        /// How many of them were flat: these explain nothing, and rank pixels by position alone.
        public let flatMapCount: Int

        /// Creates a row from the scores of its maps.
        public init(
            method: String, layer: String? = nil, isBaseline: Bool = false, maps: [FaithfulnessScores],
            flatMapCount: Int = 0
        ) {
            self.method = method
            self.layer = layer
            self.isBaseline = isBaseline
            scores = .mean(maps)
            mapCount = maps.count
            self.flatMapCount = flatMapCount
        }

        /// The method and its layer, for display.
        public var name: String { layer.map { "\(method) at \($0)" } ?? method }
    }

    /// The rows, in the order requested.
    public let rows: [Row]

    /// Creates a table from its rows.
    public init(rows: [Row]) { self.rows = rows }

    /// The best value of a column; nil when none was measured. Baselines do not compete on time.
    public func best(_ measure: FaithfulnessMeasure) -> Double? {
        let rows = measure == .milliseconds ? explanations : rows
        let values = rows.map { $0.scores[measure] }.filter(\.isFinite)
        return measure.lowerIsBetter ? values.min() : values.max()
    }

    /// The measures that distinguish rows: those on which not all rows score the same.
    public var tellingMeasures: [FaithfulnessMeasure] {
        FaithfulnessMeasure.ofFaithfulness.filter { measure in
            let values = rows.map { $0.scores[measure] }.filter(\.isFinite)
            return values.contains { $0 != values[0] }
        }
    }

    /// The rows that beat every trivial baseline on every measure of faithfulness that distinguishes rows; none without baselines.
    public var beatsBaselines: [Row] {
        let measures = tellingMeasures
        guard !measures.isEmpty, rows.contains(where: \.isBaseline) else { return [] }
        return explanations.filter { measuresWon($0, among: measures) == measures.count }
    }

    /// One sentence that names the row to use, and why; nil when the table has no explanation.
    public var recommendation: String? {
        let measures = tellingMeasures
        let winners = beatsBaselines
        let candidates = winners.isEmpty ? explanations : winners
        // Ties go to the one requested first: times differ from run to run, and this sentence should not.
        func standing(_ row: Row) -> (Int, Double) {
            (-measuresWon(row, among: measures), meanRank(row, among: measures))
        }
        guard let chosen = candidates.min(by: { standing($0) < standing($1) }) else { return nil }
        guard !measures.isEmpty else { return "No measure tells the methods apart." }
        let rank = "its mean rank of \(fixed(meanRank(chosen, among: measures), 1))"
        guard rows.contains(where: \.isBaseline) else {
            return "\(chosen.name) compares best, by \(rank); only baselines could show whether it explains anything."
        }
        switch winners.count {
        case 0:
            let won = measuresWon(chosen, among: measures)
            return "No method beats the baselines on every measure: \(chosen.name) comes closest,"
                + " with \(won) of \(measures.count), and should not be trusted alone."
        case 1: return "\(chosen.name) explains this model best: it alone beats the baselines on every measure."
        default:
            return
                "\(chosen.name) explains this model best: of \(winners.count) that beat the baselines on every measure, "
                + "\(rank) is the best."
        }
    }

    private var explanations: [Row] { rows.filter { !$0.isBaseline } }

    /// On how many measures a row beats every trivial baseline.
    private func measuresWon(_ row: Row, among measures: [FaithfulnessMeasure]) -> Int {
        let floors = rows.filter(\.isBaseline)
        return measures.count { measure in
            row.scores[measure].isFinite
                && floors.allSatisfy { measure.isBetter(row.scores[measure], than: $0.scores[measure]) }
        }
    }

    /// The mean over the measures of a row's rank: how many explanations are better, plus one.
    private func meanRank(_ row: Row, among measures: [FaithfulnessMeasure]) -> Double {
        guard !measures.isEmpty else { return 1 }
        let ranks = measures.map { measure -> Int in
            guard row.scores[measure].isFinite else { return explanations.count }
            return 1 + explanations.count { measure.isBetter($0.scores[measure], than: row.scores[measure]) }
        }
        return Double(ranks.reduce(0, +)) / Double(ranks.count)
    }
}
