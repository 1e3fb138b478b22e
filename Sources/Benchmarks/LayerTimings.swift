import Foundation
import Graphs
import JSON
import Networks
import Tensors

/// The time of a step, layer by layer.
struct LayerTimings {
    /// One operation, with the median over several profiles.
    struct Row {
        let timing: OperationTiming
        let seconds: Double
        let layer: LayerRow?

        /// Billions of operations (multiplications and additions) per second; nil for operations without products.
        var gigaflops: Double? {
            guard let layer, ["Conv", "ConvTranspose", "Gemm"].contains(layer.kind), timing.phase != .preparation,
                ["reorder", "gradient", "sums of", "rounding", "bytes"].allSatisfy({ !timing.kernel.contains($0) }),
                seconds > 0
            else { return nil }
            return 2 * Double(layer.multiplyAdds) / seconds / 1e9
        }
    }

    /// The operations of every step.
    let step: [Row]
    /// The operations that run once, and again only after the parameters change; in training, they are part of every step.
    let preparation: [Row]

    /// The processor's peak in billions of operations (multiplications and additions) per second, if known.
    let peak: Double?

    /// - Parameters:
    ///   - profiles: Several profiles of the same operations.
    ///   - peak: The processor's peak in operations per second.
    init(_ profiles: [[OperationTiming]], layers: [LayerRow], isTraining: Bool, peak: Double?) {
        self.peak = peak.map { $0 / 1e9 }
        let byName = Dictionary(layers.map { ($0.name, $0) }) { first, _ in first }
        let rows = (profiles.first ?? []).indices.map { index in
            let timing = profiles[0][index]
            return Row(
                timing: timing, seconds: BenchmarkReport.median(profiles.map { $0[index].seconds }),
                layer: byName[timing.node])
        }
        step = rows.filter { isTraining || $0.timing.phase != .preparation }
        preparation = isTraining ? [] : rows.filter { $0.timing.phase == .preparation }
    }

    /// Returns a layer's nominal operations as a fraction of the processor's peak: above 1 where Winograd's algorithm saves most of them.
    private func ofPeak(_ row: Row) -> Double? {
        guard let gigaflops = row.gigaflops, let peak else { return nil }
        return gigaflops / peak
    }

    private var total: Double { step.reduce(0) { $0 + $1.seconds } }

    /// The step as a list of `{"layer", "operator", "outputShape", "phase", "kernel", "seconds", "gigaflops", "ofPeak", "share"}`.
    var json: JSONValue { json(step, total: total) }

    /// The operations that are not repeated in each step, as a list of the same form whose shares are null.
    var preparationJSON: JSONValue { json(preparation, total: nil) }

    /// Tables, the slowest operations first.
    var text: String {
        let once =
            preparation.isEmpty
            ? "" : "\n\nOnce, and after each change of the parameters:\n\n" + table(preparation, total: nil)
        let most = peak.map { String(format: "\n\nThe processor's peak is %.0f GFLOP/s.", $0) } ?? ""
        return table(step, total: total) + most + once
    }

    private func json(_ rows: [Row], total: Double?) -> JSONValue {
        .array(
            rows.map { row in
                [
                    "layer": .string(row.timing.node), "operator": .string(row.layer?.kind ?? ""),
                    "outputShape": .array((row.layer?.outputShape ?? []).map { .integer($0) }),
                    "phase": .string(row.timing.phase.rawValue), "kernel": .string(row.timing.kernel),
                    "seconds": .number(row.seconds), "gigaflops": row.gigaflops.map { .number($0) } ?? .null,
                    "ofPeak": ofPeak(row).map { .number($0) } ?? .null,
                    "share": total.map { .number(row.seconds / $0) } ?? .null,
                ]
            })
    }

    private func table(_ rows: [Row], total: Double?) -> String {
        func fixed(_ value: Double, _ digits: Int) -> String { String(format: "%.\(digits)f", value) }
        var lines = [
            ["layer", "operator", "output", "phase", "kernel", "ms", "GFLOP/s", "of peak", total == nil ? "" : "share"]
        ]
        for row in rows.sorted(by: { $0.seconds > $1.seconds }) {
            lines.append([
                row.timing.node, row.layer?.kind ?? "",
                (row.layer?.outputShape ?? []).map(String.init).joined(separator: "x"), row.timing.phase.rawValue,
                row.timing.kernel, fixed(row.seconds * 1000, 3), row.gigaflops.map { fixed($0, 0) } ?? "",
                ofPeak(row).map { fixed(100 * $0, 0) + " %" } ?? "",
                total.map { fixed(100 * row.seconds / $0, 1) + " %" } ?? "",
            ])
        }
        let sum = rows.reduce(0) { $0 + $1.seconds }
        lines.append(["total", "", "", "", "", fixed(sum * 1000, 3), "", "", ""])
        return textTable(lines, flushLeft: 5)
    }
}
