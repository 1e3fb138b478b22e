import Foundation
import JSON
import Tensors

/// The result of a benchmark.
public struct BenchmarkReport: Sendable {
    /// The result as JSON: `seconds` is the median of `runs`, the seconds of every run; the other keys describe the benchmark.
    public private(set) var json: JSONValue
    /// The result as a sentence or a table.
    public private(set) var text: String

    /// - Parameters:
    ///   - what: What was timed: `a training step of compact, 3 classes`.
    ///   - images: Images per run.
    init(_ what: String, runs: [Double], images: Int, settings: [(String, JSONValue)]) {
        let median = Self.median(runs)
        let rate = Double(images) / median
        json = .object(
            JSONObject(
                [
                    ("seconds", .number(median)), ("runs", .array(runs.map { .number($0) })),
                    ("imagesPerSecond", .number(rate)),
                ] + settings + [("threads", .integer(Threads.count))]))
        text =
            String(
                format: "%@: %.1f ms (median of %d), %.1f images/s, %d %@", what, median * 1000, runs.count, rate,
                Threads.count, Threads.count == 1 ? "thread" : "threads"
            ).shownOnTerminal
    }

    /// Adds a value to the JSON and a paragraph to the text.
    mutating func add(_ key: String, _ value: JSONValue, _ paragraph: String? = nil) {
        guard case .object(var object) = json else { return }
        object[key] = value
        json = .object(object)
        if let paragraph { text += "\n" + paragraph }
    }

    static func median(_ values: [Double]) -> Double {
        let sorted = values.sorted()
        return sorted.isEmpty ? 0 : (sorted[(sorted.count - 1) / 2] + sorted[sorted.count / 2]) / 2
    }
}

extension Benchmark {
    /// The network and the backend, for reports.
    var networkSettings: [(String, JSONValue)] {
        [
            ("mode", .string(mode.rawValue)), ("network", .string(network.name)),
            ("classes", .integer(network.classCount)), ("size", inputSize.setting), ("batch", .integer(batchSize)),
            ("backend", .string(backend.name.rawValue)), ("algorithm", .string(backend.algorithmName)),
            ("kernels", .string(backend.backend.kernels)),
        ]
    }

    /// `onednn: oneDNN 2.6.3 for AVX-512, automatic convolutions`.
    var kernelsLine: String { "\(backend.name.rawValue): \(backend.backend.kernels)" }
}
