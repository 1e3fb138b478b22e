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
            let values = rows.map { $0.scores[measure] }
            return values.contains { $0.isFinite && $0 != values[0] }
        }
    }

    /// The rows that are better than every floor on every measure of faithfulness that tells rows apart.
    public var beatsFloors: [Row] {
        let measures = tellingMeasures
        guard !measures.isEmpty else { return [] }
        return explanations.filter { measuresWon($0, among: measures) == measures.count }
    }

    /// One sentence that names the row to use, and why; nothing when there is no explanation in the table.
    public var recommendation: String? {
        let measures = tellingMeasures
        let winners = beatsFloors
        let candidates = winners.isEmpty ? explanations : winners
        // Of equals the quicker one, and then the one asked for first.
        func standing(_ row: Row) -> (Double, Double) {
            let milliseconds = row.scores[.milliseconds]
            return (meanRank(row, among: measures), milliseconds.isFinite ? milliseconds : .infinity)
        }
        guard let chosen = candidates.min(by: { standing($0) < standing($1) }) else { return nil }
        guard !measures.isEmpty else { return "No measure tells the methods apart." }
        if winners.isEmpty {
            let won = measuresWon(chosen, among: measures)
            return "No method beats the floors on every measure: \(chosen.name) comes nearest,"
                + " with \(won) of \(measures.count), and should not be trusted alone."
        }
        let rank = fixed(meanRank(chosen, among: measures), 1)
        let place = explanations.count == 1 ? "" : "; its mean rank of \(rank) among \(explanations.count) is the best"
        return "\(chosen.name) explains this model best: it beats "
            + (rows.contains(where: \.isFloor) ? "the floors" : "all others")
            + " on every measure that tells methods apart\(place)."
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
