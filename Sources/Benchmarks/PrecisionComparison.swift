import Foundation
import Graphs
import JSON
import OneDNNBackend
import Operators
import Tensors

/// Times the same work in every precision that processor and network support, in turns, so that all run under the same conditions.
struct PrecisionComparison {
    let settings: Benchmark
    /// The description of the work in the report.
    let what: String
    /// Images per run.
    let images: Int

    /// Times the work in all precisions.
    ///
    /// - Parameter make: Prepares the work for a backend; each run returns the network's outputs, if these can be compared.
    func run(
        of graph: Graph, settings described: [(String, JSONValue)],
        _ make: (any Backend) throws -> () throws -> [String: Tensor]?
    ) throws -> BenchmarkReport {
        let choices = admitted(by: graph)
        let works = try choices.map { choice in
            var backend = settings.backend
            backend.precision = choice
            return try make(backend.backend)
        }
        let outputs = try works.map { try $0() }
        var runs = choices.map { _ in [Double]() }
        for _ in 0..<settings.runs {
            for (place, work) in works.enumerated() { try runs[place].append(seconds { _ = try work() }) }
        }
        let medians = runs.map(BenchmarkReport.median)
        var report = BenchmarkReport(
            "\(what), \(choices[0].rawValue)", runs: runs[0], images: images, settings: described)
        var (table, entries) = ("", [JSONValue]())
        for (place, choice) in choices.enumerated() {
            let ratio = medians[0] / medians[place]
            let difference = Self.difference(outputs[0], outputs[place])
            table += String(
                format: "\n%-9@ %9.1f ms  %5.2fx", choice.rawValue as NSString, medians[place] * 1000, ratio)
            if place > 0, let difference { table += String(format: "  differs by %.2g %%", difference * 100) }
            entries.append(
                .object(
                    JSONObject([
                        ("precision", .string(choice.rawValue)), ("seconds", .number(medians[place])),
                        ("runs", .array(runs[place].map { .number($0) })), ("speedUp", .number(ratio)),
                        ("difference", difference.map { .number($0) } ?? .null),
                    ])))
        }
        report.add("precisions", .array(entries), table)
        return report
    }

    private func admitted(by graph: Graph) -> [PrecisionChoice] {
        if settings.backend.name == .reference { return [.float32] }
        let isQuantized = graph.nodes.contains { $0.operator is QuantizeLinear }
        return [.float32] + (OneDNNBackend.computesBFloat16 ? [.bfloat16] : []) + (isQuantized ? [.int8] : [])
    }

    /// Returns the root mean square of the differences relative to the values' standard deviation, over all outputs.
    private static func difference(_ values: [String: Tensor]?, _ others: [String: Tensor]?) -> Double? {
        guard let values, let others else { return nil }
        var (differences, squares) = (0.0, 0.0)
        for (name, value) in values {
            guard let other = others[name] else { return nil }
            let mean = value.elements.reduce(0) { $0 + Double($1) } / Double(max(1, value.count))
            for (left, right) in zip(value.elements, other.elements) {
                differences += Double(left - right) * Double(left - right)
                squares += (Double(left) - mean) * (Double(left) - mean)
            }
        }
        return squares > 0 ? (differences / squares).squareRoot() : nil
    }
}
