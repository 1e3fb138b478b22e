import Foundation
import JSON
import Networks
import Tensors
import WeightFiles

/// A table of the tensors in a weights file, as text and JSON.
public struct WeightsListing: Sendable {
    private struct Row: Sendable {
        let name: String
        let shape: [Int]
        let count: Int
        let mean: Double
        let standardDeviation: Double
    }

    private let file: WeightsReader
    private let rows: [Row]

    /// Computes the statistics of each tensor; only one tensor is in memory at a time.
    ///
    /// - Throws: ``WeightsError``.
    public init(_ file: WeightsReader) throws(WeightsError) {
        self.file = file
        var rows: [Row] = []
        for (index, entry) in file.entries.enumerated() {
            let tensor = try file.tensor(index)
            let (mean, deviation) = Self.statistics(tensor)
            rows.append(
                Row(
                    name: entry.name, shape: tensor.shape, count: tensor.count, mean: mean,
                    standardDeviation: deviation))
        }
        self.rows = rows
    }

    private static func statistics(_ tensor: Tensor) -> (mean: Double, standardDeviation: Double) {
        tensor.withElements { elements in
            let count = Double(max(1, elements.count))
            let mean = elements.reduce(0) { $0 + Double($1) } / count
            let squares = elements.reduce(0) { $0 + (Double($1) - mean) * (Double($1) - mean) }
            return (mean, (squares / count).squareRoot())
        }
    }

    private var total: Int { rows.reduce(0) { $0 + $1.count } }

    /// A table, followed by the format and the total number of values.
    public var text: String {
        var lines = [["tensor", "shape", "mean", "standard deviation"]]
        lines += rows.map { row in
            [
                row.name, row.shape.map(String.init).joined(separator: " x "), String(format: "%.5g", row.mean),
                String(format: "%.5g", row.standardDeviation),
            ]
        }
        let origin = file.origin.isEmpty ? "" : ", under \(file.origin.joined(separator: " > "))"
        return textTable(lines, flushLeft: 2)
            + "\n\(rows.count) tensors with \(total) values; \(file.format.rawValue)\(origin.shownOnTerminal)"
    }

    /// `{"format": …, "origin": […], "metadata": {…}, "tensors": [{"name": …, "shape": […], "mean": …, "standardDeviation": …}]}`;
    /// values that are not finite are null.
    public var json: JSONValue {
        func number(_ value: Double) -> JSONValue { value.isFinite ? .number(value) : .null }
        return [
            "format": .string(file.format.rawValue), "origin": .array(file.origin.map { .string($0) }),
            "metadata": .object(
                JSONObject(file.metadata.sorted { $0.key < $1.key }.map { ($0.key, .string($0.value)) })),
            "tensors": .array(
                rows.map { row in
                    [
                        "name": .string(row.name), "shape": .array(row.shape.map { .integer($0) }),
                        "mean": number(row.mean), "standardDeviation": number(row.standardDeviation),
                    ]
                }),
        ]
    }
}
