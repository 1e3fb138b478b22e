import Boxes
import DatasetWriting
import Datasets
import Foundation
import JSON

/// The result of a data set check.
public struct DatasetCheckReport: Sendable {
    /// The data set that was checked.
    public let index: DatasetIndex
    /// All problems: those of the data set as a whole first, then in the order of the files.
    public let problems: [DatasetProblem]
    /// One sample per image of the index; nil where it is unusable.
    let samples: [Sample?]
    /// The content of the data set.
    public let summary: DatasetSummary

    init(index: DatasetIndex, problems: [DatasetProblem], samples: [Sample?], summary: DatasetSummary) {
        self.index = index
        self.problems = problems
        self.samples = samples
        self.summary = summary
    }

    /// The classes, sorted.
    public var classNames: [String] { index.classNames }

    /// Writes a repaired copy as a VOC folder, or as a COCO folder where there are keypoints or points: exactly the data that training uses.
    ///
    /// Images are copied byte for byte, with an extension that matches their format; unusable images are left out; splits are the
    /// ones found or derived. Duplicate images are kept, since only the user can decide which one to remove.
    ///
    /// - Throws: ``DatasetError/cannotWrite(path:reason:)``, also when the folder is not empty, or when the folder or the source
    ///   contains the other: the source is never changed.
    public func fix(into folder: URL) throws(DatasetError) {
        let content = DatasetContent(index) { samples[$0] == nil }
        try DatasetWriter(format: index.skeleton == nil && index.objectKind == .boxes ? .voc : .coco).write(
            content, to: folder, source: index.source.root)
    }

    /// The number of problems per rule, most frequent first.
    public var counts: [(rule: DatasetRule, count: Int)] {
        var counts: [DatasetRule: Int] = [:]
        for problem in problems { counts[problem.rule, default: 0] += 1 }
        return DatasetRule.allCases.compactMap { rule in counts[rule].map { (rule, $0) } }
            .sorted { $0.count > $1.count }
    }

    /// The report as JSON: `problems`, `rules`, `summary`, `boxes`, `ceiling`, and `keypoints` where there are any.
    public func json() -> JSONValue {
        var object = JSONObject([
            ("root", .string(index.source.root.relativePath)),
            ("problems", .array(problems.map(\.json))),
            ("rules", .object(JSONObject(counts.map { ($0.rule.rawValue, .integer($0.count)) }))),
            ("summary", summary.json),
            ("boxes", summary.boxes.json),
            ("ceiling", summary.ceiling.json(classNames: classNames)),
        ])
        object["keypoints"] = summary.keypoints?.json
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
            "systematic": .bool(isSystematic),
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
            "kind": .string(objectKind.rawValue),
            "inputSize": inputSize.isSquare ? .integer(inputSize.rows) : .string("\(inputSize)"),
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
            "spacingCells": quantiles(spacing),
            "belowCell": .integer(belowCell),
            "sameClassCollisions": .integer(collisions.sameClass),
            "crossClassCollisions": .integer(collisions.crossClass),
            "collidingImages": .array(collisions.images.map { .string($0) }),
            "mostObjects": .integer(mostObjects),
        ]
    }
}

extension AchievablePrecision {
    fileprivate func json(classNames: [String]) -> JSONValue {
        [
            "AP": .number(AP), "AP50": .number(AP50), "lostObjects": .integer(lostObjects),
            "images": .integer(imageCount),
            "perClassAP50": .object(JSONObject(zip(classNames, perClassAP50).map { ($0, .number($1)) })),
        ]
    }
}
