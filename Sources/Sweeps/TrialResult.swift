import ExperimentRunner
import Foundation
import JSON
import Tensors
import Training

/// What a trial measured with its best weights.
public struct TrialResult: Hashable, Sendable {
    /// How many epochs it trained.
    public var epochs: Int
    /// The epoch of the best weights, from 1.
    public var bestEpoch: Int
    /// The seconds of training and validation.
    public var seconds: Double
    /// The metrics of the best weights, from 0 to 1.
    public var measures: [SweepMeasure: Double]

    /// Creates a result from its parts.
    public init(epochs: Int, bestEpoch: Int, seconds: Double, measures: [SweepMeasure: Double]) {
        self.epochs = epochs
        self.bestEpoch = bestEpoch
        self.seconds = seconds
        self.measures = measures
    }

    /// Reads the log of a run; nil if nothing was measured, as on images without objects.
    package init?(of folder: RunFolder) throws(FileError) {
        let log = try TrainingLog(of: folder)
        guard let last = log.entries.last, let best = log.entries.last(where: { Self.flag("best", in: $0) }) else {
            return nil
        }
        var measures: [SweepMeasure: Double] = [:]
        for measure in SweepMeasure.allCases {
            // -1 stands for a metric without anything to measure.
            if let value = Self.number(measure.logKey, in: best), value >= 0 { measures[measure] = value }
        }
        if measures.isEmpty { return nil }
        self.init(
            epochs: Self.number("epoch", in: last).map { Int($0) } ?? log.entries.count,
            bestEpoch: Self.number("epoch", in: best).map { Int($0) } ?? 0,
            seconds: log.entries.reduce(0) {
                $0 + (Self.number("seconds", in: $1) ?? 0) + (Self.number("validationSeconds", in: $1) ?? 0)
            },
            measures: measures)
    }

    private static func number(_ key: String, in entry: JSONValue) -> Double? { try? entry.optional(key)?.number() }

    private static func flag(_ key: String, in entry: JSONValue) -> Bool {
        (try? entry.optional(key)?.bool()) ?? false
    }
}

extension TrialResult {
    /// The members of a trial in `sweep.json`.
    package var members: [(String, JSONValue)] {
        [
            ("epochs", .integer(epochs)), ("bestEpoch", .integer(bestEpoch)),
            ("seconds", .number((seconds * 1000).rounded() / 1000)),
        ]
            + SweepMeasure.allCases.compactMap { measure in
                measures[measure].map { (measure.rawValue, .number($0)) }
            }
    }

    /// Reads what ``members`` wrote.
    package init(_ json: JSONValue) throws(JSONError) {
        var measures: [SweepMeasure: Double] = [:]
        for measure in SweepMeasure.allCases {
            if let value = json.optional(measure.rawValue) { measures[measure] = try value.number() }
        }
        self.init(
            epochs: try json["epochs"].integer(), bestEpoch: try json["bestEpoch"].integer(),
            seconds: try json["seconds"].number(), measures: measures)
    }
}
