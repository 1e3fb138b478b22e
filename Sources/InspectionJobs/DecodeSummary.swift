import Inspection
import JSON
import Tensors

/// The number of missed objects by reason, over all annotated images.
struct DecodeSummary {
    private(set) var imageCount = 0
    private var foundCount = 0
    private var counts: [MissReason.Kind: Int] = [:]

    mutating func add(_ explanation: DecodingExplanation) {
        guard let review = explanation.review else { return }
        imageCount += 1
        foundCount += review.matchedCount
        for miss in explanation.misses { counts[miss.reason.kind, default: 0] += 1 }
    }

    private var missedCount: Int { counts.values.reduce(0, +) }

    /// The reasons by descending count; reasons with equal counts in the order in which they are tested.
    private var ranked: [(kind: MissReason.Kind, count: Int)] {
        MissReason.Kind.allCases.enumerated().map { (order: $0, kind: $1, count: counts[$1] ?? 0) }
            .filter { $0.count > 0 }.sorted { ($1.count, $0.order) < ($0.count, $1.order) }
            .map { ($0.kind, $0.count) }
    }

    var text: String {
        let images = "\(imageCount) annotated \(imageCount == 1 ? "image" : "images")"
        let head = "\(images): \(foundCount) of \(foundCount + missedCount) objects found"
        let width = "\(ranked.first?.count ?? 0)".count
        return terminalLines([head] + ranked.map { "\(padded($0.count, width))  \($0.kind.title)" })
    }

    var json: JSONValue {
        .object(JSONObject(MissReason.Kind.allCases.map { ($0.rawValue, .integer(counts[$0] ?? 0)) }))
    }

    private func padded(_ count: Int, _ width: Int) -> String {
        String(repeating: " ", count: 2 + width - "\(count)".count) + "\(count)"
    }
}
