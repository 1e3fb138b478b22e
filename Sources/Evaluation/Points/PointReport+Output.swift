import Foundation
import JSON
import Tensors

extension PointReport {
    /// The results of each class and of all together, with their names.
    package func rows(classNames: [String]) -> (heading: [String], rows: [[String]]) {
        let heading =
            ["class", "objects", "AP", "F1", "precision", "recall", "best score", "MAE", "RMSE"]
            + CountErrors.levels.dropFirst().map { "GAME \($0)" }
        func row(_ name: String, _ count: Int, _ measures: Measures, best: Double?) -> [String] {
            [name, String(count)]
                + [measures.AP, measures.F1, measures.precision, measures.recall, best ?? -1].map(figure)
                + ([measures.counts.meanAbsolute, measures.counts.rootMeanSquare] + measures.counts.grid.dropFirst())
                .map(Self.difference)
        }
        let rows = classNames.indices.map {
            row(classNames[$0], objectCounts[$0], classes[$0], best: curves[$0].best?.score)
        }
        return (heading, rows + [row("all", objectCounts.reduce(0, +), all, best: nil)])
    }

    /// The report as a table for a terminal, and what its numbers are about.
    package func table(classNames: [String]) -> String {
        let (heading, rows) = rows(classNames: classNames)
        let images = "\(imageCount) \(imageCount == 1 ? "image" : "images")"
        return textTable([heading] + rows) + "\n\n\(description)   (\(images))"
    }

    /// A sentence on the distance and the score.
    package var description: String {
        let share =
            options.neighbourShare > 0
            ? " and \(Self.short(options.neighbourShare)) of the distance to its nearest neighbour" : ""
        return
            "an object is found within \(Self.short(options.distance)) pixels\(share); F1, precision, recall and counts are those "
            + "of detections with a score of \(Self.short(options.minimumScore)) or more, and best score is the one with the highest F1"
    }

    /// The report as in `metrics.json`; undefined values are -1.
    package func json(classNames: [String]) -> JSONValue {
        func fields(_ measures: Measures) -> JSONObject {
            JSONObject([
                ("AP", .number(measures.AP)), ("F1", .number(measures.F1)), ("precision", .number(measures.precision)),
                ("recall", .number(measures.recall)), ("found", .integer(measures.found)),
                ("wrong", .integer(measures.wrong)), ("missed", .integer(measures.missed)),
                ("MAE", .number(measures.counts.meanAbsolute)), ("RMSE", .number(measures.counts.rootMeanSquare)),
                ("GAME", .array(measures.counts.grid.map { .number($0) })),
            ])
        }
        var object = fields(all)
        object["perClass"] = .object(
            JSONObject(
                classNames.indices.map { index in
                    var entry = fields(classes[index])
                    entry["objects"] = .integer(objectCounts[index])
                    entry["bestScore"] = curves[index].best.map { .number($0.score) } ?? .null
                    return (classNames[index], .object(entry))
                }))
        object["distance"] = .number(options.distance)
        object["neighbourShare"] = .number(options.neighbourShare)
        object["minimumScore"] = .number(options.minimumScore)
        object["images"] = .integer(imageCount)
        object["objects"] = .integer(objectCounts.reduce(0, +))
        return .object(object)
    }

    /// A mean difference of counts, or a dash where it is undefined.
    private static func difference(_ value: Double) -> String { value < 0 ? "-" : String(format: "%.2f", value) }

    private static func short(_ value: Double) -> String { String(format: "%g", value) }
}
