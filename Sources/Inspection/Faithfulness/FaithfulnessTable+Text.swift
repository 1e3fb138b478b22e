import JSON
import Tensors

extension FaithfulnessTable {
    /// The table for a terminal: columns aligned, the best of each column marked with a star, the trivial baselines last; then how many
    /// maps there were, which were flat, and the recommendation.
    public var text: String {
        let measures = FaithfulnessMeasure.allCases
        let layers = rows.contains { $0.layer != nil }
        let heading =
            ["method"] + (layers ? ["layer"] : []) + measures.map { $0.title + ($0.lowerIsBetter ? " ↓" : " ↑") }
        let body = (rows.filter { !$0.isBaseline } + rows.filter(\.isBaseline)).map { row in
            [row.isBaseline ? "(\(row.method))" : row.method] + (layers ? [row.layer ?? ""] : [])
                + measures.map { measure in
                    let value = row.scores[measure]
                    // As printed: rows that show the same number are marked the same.
                    let isBest =
                        (measure == .milliseconds && row.isBaseline)
                        ? false : best(measure).map { measure.text($0) == measure.text(value) } ?? false
                    return measure.text(value) + (isBest ? "*" : " ")
                }
        }
        // The stars have a column of their own, so headings end where the numbers do.
        let table = textTable(
            [heading.prefix(heading.count - measures.count) + heading.suffix(measures.count).map { $0 + " " }]
                + body, flushLeft: layers ? 2 : 1)
        return table + "\n"
            + terminalLines(["", "* best of its column"] + remarks + [recommendation].compactMap(\.self))
    }

    /// The table as JSON.
    public var json: JSONValue {
        let rows = rows.map { row -> JSONValue in
            var object = JSONObject([
                ("method", .string(row.method)), ("layer", row.layer.map { .string($0) } ?? .null),
                ("baseline", .bool(row.isBaseline)), ("maps", .integer(row.mapCount)),
                ("flatMaps", .integer(row.flatMapCount)),
            ])
            for measure in FaithfulnessMeasure.allCases { object[measure.rawValue] = .number(row.scores[measure]) }
            object["beatsBaselines"] = .bool(beatsBaselines.contains(row))
            return .object(object)
        }
        return ["rows": .array(rows), "recommendation": recommendation.map { .string($0) } ?? .null]
    }

    private var remarks: [String] {
        let count = rows.map(\.mapCount).max() ?? 0
        return ["means over \(count) \(count == 1 ? "map" : "maps") per row"]
            + rows.filter { $0.flatMapCount > 0 }.map {
                "\($0.name): \($0.flatMapCount) of \($0.mapCount) maps \($0.flatMapCount == 1 ? "is" : "are") flat"
            }
    }
}
