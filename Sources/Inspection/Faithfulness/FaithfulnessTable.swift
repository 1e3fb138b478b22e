/// Which method explains a model best: a row a method and layer, with floors that a real explanation has to beat.
public struct FaithfulnessTable: Sendable, Equatable {
    /// A method at a layer, over all maps.
    public struct Row: Sendable, Equatable {
        /// The method's name.
        public let method: String
        /// The layer's name; nothing for methods that need none.
        public let layer: String?
        /// Whether it explains nothing, and is there to be beaten: a random map, a hill in the middle.
        public let isFloor: Bool
        /// The means over all maps.
        public let scores: FaithfulnessScores
        /// How many maps there were.
        public let mapCount: Int
        /// How many of them were flat: as good as none, and ranked by position alone.
        public let flatMapCount: Int

        /// A row from the scores of its maps.
        public init(
            method: String, layer: String? = nil, isFloor: Bool = false, maps: [FaithfulnessScores],
            flatMapCount: Int = 0
        ) {
            self.method = method
            self.layer = layer
            self.isFloor = isFloor
            scores = .mean(maps)
            mapCount = maps.count
            self.flatMapCount = flatMapCount
        }

        /// The method and its layer, for people.
        public var name: String { layer.map { "\(method) at \($0)" } ?? method }
    }

    /// In the order in which they were asked for.
    public let rows: [Row]

    /// A table from its rows.
    public init(rows: [Row]) { self.rows = rows }

    /// The best number of a column; nothing when none was measured. For the floors, being quick is no merit.
    public func best(_ measure: FaithfulnessMeasure) -> Double? {
        let rows = measure == .milliseconds ? explanations : rows
        let values = rows.map { $0.scores[measure] }.filter(\.isFinite)
        return measure.lowerIsBetter ? values.min() : values.max()
    }

    /// The measures that tell rows apart. One on which every row scores the same says nothing about any.
    public var tellingMeasures: [FaithfulnessMeasure] {
        FaithfulnessMeasure.ofFaithfulness.filter { measure in
            let values = rows.map { $0.scores[measure] }.filter(\.isFinite)
            return values.contains { $0 != values[0] }
        }
    }

    /// The rows that are better than every floor on every measure of faithfulness that tells rows apart; none without floors.
    public var beatsFloors: [Row] {
        let measures = tellingMeasures
        guard !measures.isEmpty, rows.contains(where: \.isFloor) else { return [] }
        return explanations.filter { measuresWon($0, among: measures) == measures.count }
    }

    /// One sentence that names the row to use, and why; nothing when there is no explanation in the table.
    public var recommendation: String? {
        let measures = tellingMeasures
        let winners = beatsFloors
        let candidates = winners.isEmpty ? explanations : winners
        // Of equals the one asked for first: times differ from run to run, and this sentence should not.
        func standing(_ row: Row) -> (Int, Double) {
            (-measuresWon(row, among: measures), meanRank(row, among: measures))
        }
        guard let chosen = candidates.min(by: { standing($0) < standing($1) }) else { return nil }
        guard !measures.isEmpty else { return "No measure tells the methods apart." }
        let rank = "its mean rank of \(fixed(meanRank(chosen, among: measures), 1))"
        guard rows.contains(where: \.isFloor) else {
            return "\(chosen.name) compares best, by \(rank); whether it explains anything, only floors could tell."
        }
        switch winners.count {
        case 0:
            let won = measuresWon(chosen, among: measures)
            return "No method beats the floors on every measure: \(chosen.name) comes nearest,"
                + " with \(won) of \(measures.count), and should not be trusted alone."
        case 1: return "\(chosen.name) explains this model best: it alone beats the floors on every measure."
        default:
            return
                "\(chosen.name) explains this model best: of \(winners.count) that beat the floors on every measure, "
                + "\(rank) is the best."
        }
    }

    private var explanations: [Row] { rows.filter { !$0.isFloor } }

    /// On how many measures a row is better than every floor.
    private func measuresWon(_ row: Row, among measures: [FaithfulnessMeasure]) -> Int {
        let floors = rows.filter(\.isFloor)
        return measures.count { measure in
            row.scores[measure].isFinite
                && floors.allSatisfy { measure.isBetter(row.scores[measure], than: $0.scores[measure]) }
        }
    }

    /// The mean over the measures of how many explanations are better, plus one.
    private func meanRank(_ row: Row, among measures: [FaithfulnessMeasure]) -> Double {
        guard !measures.isEmpty else { return 1 }
        let ranks = measures.map { measure -> Int in
            guard row.scores[measure].isFinite else { return explanations.count }
            return 1 + explanations.count { measure.isBetter($0.scores[measure], than: row.scores[measure]) }
        }
        return Double(ranks.reduce(0, +)) / Double(ranks.count)
    }
}
