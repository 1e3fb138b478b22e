import Boxes
import Foundation
import JSON

/// What a check found.
public struct DatasetCheckReport: Sendable {
    /// What was checked.
    public let source: DatasetSource
    /// The classes, in order.
    public let classNames: [String]
    /// Everything that is wrong, in the order of the files.
    public let problems: [DatasetProblem]
    /// What is in it.
    public let summary: DatasetSummary
    /// One a listed picture; nil where it cannot be used.
    let samples: [Sample?]
    let splits: [ListedSplit]
    let skeleton: Skeleton?

    /// How often each rule is broken, most often first.
    public var counts: [(rule: DatasetRule, count: Int)] {
        var counts: [DatasetRule: Int] = [:]
        for problem in problems { counts[problem.rule, default: 0] += 1 }
        return DatasetRule.allCases.compactMap { rule in counts[rule].map { (rule, $0) } }
            .sorted { $0.count > $1.count }
    }

    /// The report as JSON: `problems`, `rules`, `summary`, `boxes`, `ceiling`, and `joints` where there are any.
    public func json() -> JSONValue {
        var object = JSONObject([
            ("root", .string(source.root.relativePath)),
            ("problems", .array(problems.map(\.json))),
            ("rules", .object(JSONObject(counts.map { ($0.rule.rawValue, .integer($0.count)) }))),
            ("summary", summary.json),
            ("boxes", summary.boxes.json),
            ("ceiling", summary.ceiling.json(classNames: classNames)),
        ])
        object["joints"] = summary.joints?.json
        return .object(object)
    }
}

extension DatasetProblem {
    fileprivate var json: JSONValue {
        [
            "file": .string(file.relativePath),
            "object": object.map { .integer($0) } ?? .null,
            "line": line.map { .integer($0) } ?? .null,
            "rule": .string(rule.rawValue),
            "severity": .string(severity.rawValue),
            "message": .string(message),
        ]
    }
}

extension DatasetSummary {
    fileprivate var json: JSONValue {
        [
            "layout": .string(layout),
            "images": .integer(images),
            "background": .integer(background),
            "unusable": .integer(unusable),
            "objects": .integer(objects),
            "inputSize": .integer(inputSize),
            "classes": .object(
                JSONObject(
                    classes.map {
                        (
                            $0.name,
                            [
                                "objects": .integer($0.objects), "images": .integer($0.images),
                                "difficult": .integer($0.difficult), "truncated": .integer($0.truncated),
                            ]
                        )
                    })),
            "splits": .object(
                JSONObject(
                    splits.map {
                        (
                            $0.name,
                            [
                                "images": .integer($0.images), "background": .integer($0.background),
                                "objects": .integer($0.objects),
                            ]
                        )
                    })),
            "lists": .bool(hasLists),
        ]
    }
}

extension BoxStatistics {
    fileprivate var json: JSONValue {
        func quantiles(_ values: [Double]) -> JSONValue {
            .object(JSONObject(zip(Self.percentiles, values).map { ("p\($0)", .number($1)) }))
        }
        return [
            "widthCells": quantiles(widths),
            "heightCells": quantiles(heights),
            "histogram": .array(
                zip(Self.bins, histogram).map { ["fromCells": .number($0), "objects": .integer($1)] }),
            "belowCell": .integer(belowCell),
            "sameClassCollisions": .integer(sameClassCollisions),
            "crossClassCollisions": .integer(crossClassCollisions),
            "collidingImages": .array(collidingImages.map { .string($0) }),
            "mostObjects": .integer(mostObjects),
        ]
    }
}

extension TargetCeiling {
    fileprivate func json(classNames: [String]) -> JSONValue {
        [
            "AP": .number(AP), "AP50": .number(AP50), "lostObjects": .integer(lostObjects),
            "perClassAP50": .object(JSONObject(zip(classNames, perClassAP50).map { ($0, .number($1)) })),
        ]
    }
}
