import Foundation
import Graphs
import JSON
import Networks

/// Where the time of a program goes, layer by layer.
struct LayerTimings {
    /// One operation, with the median over several profiles.
    private struct Row {
        let timing: OperationTiming
        let seconds: Double
        let layer: LayerRow?
    }

    private let rows: [Row]

    /// - Parameter profiles: The same operations, several times.
    init(_ profiles: [[OperationTiming]], layers: [LayerRow]) {
        let byName = Dictionary(layers.map { ($0.name, $0) }) { first, _ in first }
        rows = (profiles.first ?? []).indices.map { index in
            let times = profiles.map { $0[index].seconds }.sorted()
            let timing = profiles[0][index]
            return Row(timing: timing, seconds: times[times.count / 2], layer: byName[timing.node])
        }
    }

    private var total: Double { rows.reduce(0) { $0 + $1.seconds } }

    /// Billions of multiplications and additions a second; nil for what does not multiply.
    private func rate(_ row: Row) -> Double? {
        guard let layer = row.layer, ["Conv", "ConvTranspose", "Gemm"].contains(layer.kind),
            !row.timing.kernel.contains("reorder"), !row.timing.kernel.contains("gradient"), row.seconds > 0
        else { return nil }
        return 2 * Double(layer.multiplyAdds) / row.seconds / 1e9
    }

    /// A list of `{"layer", "operator", "outputShape", "phase", "kernel", "seconds", "gigaflops", "share"}`.
    var json: JSONValue {
        .array(
            rows.map { row in
                [
                    "layer": .string(row.timing.node), "operator": .string(row.layer?.kind ?? ""),
                    "outputShape": .array((row.layer?.outputShape ?? []).map { .integer($0) }),
                    "phase": .string(row.timing.phase.rawValue), "kernel": .string(row.timing.kernel),
                    "seconds": .number(row.seconds), "gigaflops": rate(row).map { .number($0) } ?? .null,
                    "share": .number(row.seconds / total),
                ]
            })
    }

    /// A table, the slowest operations first.
    var text: String {
        var lines = [["layer", "operator", "output", "phase", "kernel", "ms", "GFLOP/s", "share"]]
        for row in rows.sorted(by: { $0.seconds > $1.seconds }) {
            lines.append([
                row.timing.node, row.layer?.kind ?? "",
                (row.layer?.outputShape ?? []).map(String.init).joined(separator: "x"), row.timing.phase.rawValue,
                row.timing.kernel, fixed(row.seconds * 1000, 3), rate(row).map { fixed($0, 0) } ?? "",
                fixed(100 * row.seconds / total, 1) + " %",
            ])
        }
        lines.append(["total", "", "", "", "", fixed(total * 1000, 3), "", ""])
        return textTable(lines, flushLeft: 5)
    }

    private func fixed(_ value: Double, _ digits: Int) -> String { String(format: "%.\(digits)f", value) }
}
