import Auditing
import Boxes
import Datasets
import Foundation
import JSON
import Tensors
import Training

/// The list of suspects as files, one entry each, the most suspicious first.
struct SuspectLines {
    let dataset: DetectionDataset

    /// The annotated class; nil for a missing object.
    func annotated(_ suspect: Suspect) -> String? { object(suspect)?.className }

    /// The detected class; nil where nothing is detected.
    func detected(_ suspect: Suspect) -> String? {
        suspect.suggestion.map { dataset.classNames[$0.classIndex] }
    }

    private func object(_ suspect: Suspect) -> AnnotatedObject? {
        suspect.object.map { dataset.samples[suspect.image].objects[$0] }
    }

    /// Writes `{"suspects": [...]}`; boxes are `[xMin, yMin, xMax, yMax]` in pixels from the image's upper left corner.
    func write(list suspects: [Suspect], to place: URL) throws(FileWriteError) {
        let file = try AtomicFile(place)
        var text = JSONListText()
        try file.append(text: "{\"suspects\": ")
        for (rank, suspect) in suspects.enumerated() { try file.append(text: text.adding(entry(suspect, rank + 1))) }
        try file.append(text: text.end + "}\n")
        try file.finish()
    }

    private func entry(_ suspect: Suspect, _ rank: Int) -> JSONValue {
        let sample = dataset.samples[suspect.image]
        let object = object(suspect)
        func list(_ box: Box<ImagePixels>) -> JSONValue {
            .array([box.xMin, box.yMin, box.xMax, box.yMax].map { .number($0) })
        }
        return [
            "rank": .integer(rank), "score": .number(suspect.score), "kind": .string(suspect.kind.rawValue),
            "image": .string(sample.id), "file": .string(sample.path),
            "object": suspect.object.map { .integer($0 + 1) } ?? .null,
            "class": object.map { .string($0.className) } ?? .null, "box": object.map { list($0.box) } ?? .null,
            "suggestedClass": detected(suspect).map { .string($0) } ?? .null,
            "suggestedBox": suspect.suggestion.map { list($0.box) } ?? .null,
            "detectionScore": suspect.suggestion.map { .number($0.score) } ?? .null,
        ]
    }

    /// Writes a table of comma-separated values (RFC 4180).
    func write(table suspects: [Suspect], to place: URL) throws(FileWriteError) {
        let file = try AtomicFile(place)
        let sides = ["xmin", "ymin", "xmax", "ymax"]
        let heading =
            ["rank", "score", "kind", "image", "file", "class"] + sides + ["suggested_class"]
            + sides.map { "suggested_\($0)" } + ["detection_score"]
        try file.append(text: heading.joined(separator: ",") + "\r\n")
        func numbers(_ box: Box<ImagePixels>?) -> [String] {
            guard let box else { return ["", "", "", ""] }
            return [box.xMin, box.yMin, box.xMax, box.yMax].map { "\(($0 * 100).rounded() / 100)" }
        }
        for (rank, suspect) in suspects.enumerated() {
            let sample = dataset.samples[suspect.image]
            var fields = [
                "\(rank + 1)", String(format: "%.4f", suspect.score), suspect.kind.rawValue, sample.id, sample.path,
            ]
            fields += [annotated(suspect) ?? ""] + numbers(object(suspect)?.box)
            fields += [detected(suspect) ?? ""] + numbers(suspect.suggestion?.box)
            fields.append(suspect.suggestion.map { String(format: "%.4f", $0.score) } ?? "")
            try file.append(text: fields.map(ResultsTable.field).joined(separator: ",") + "\r\n")
        }
        try file.finish()
    }
}
