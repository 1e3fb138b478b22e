import Foundation
import Images
import Inspection
import JSON
import Jobs
import Tensors
import Visualization

/// Explains the detections in images. For each image and method: `NAME.METHOD.png` (or another format), one map over its image or a sheet
/// of targets by layers, and each raw map as `NAME.METHOD.TARGET.LAYER.npy`; `inspection.json` lists them all.
public struct InspectionJob {
    private let inspector: ImageInspector
    private let look: MapDrawingOptions
    private let output: OutputFolder
    private let progress: (JobEvent) -> Void

    /// Creates a job without running it.
    public init(
        inspector: ImageInspector, look: MapDrawingOptions, output: OutputFolder, progress: @escaping (JobEvent) -> Void
    ) {
        self.inspector = inspector
        self.look = look
        self.output = output
        self.progress = progress
    }

    /// Runs the job.
    ///
    /// - Returns: A list of images; as text, a line for each image and method, and one for each map.
    /// - Throws: ``UnusableImageError`` for a single image that cannot be read or drawn, ``InspectionError`` for a request that does not fit an
    ///   image.
    public func run(_ images: [ImageSource]) throws -> ImageResults {
        let output = output.sparing(images.map(\.file) + inspector.predictor.detector.files)
        let listFile = try output.place("inspection", as: "json")
        let places = try images.flatMap { source in
            try inspector.request.methods.map {
                try output.place(source.name, $0.rawValue, as: look.format.fileExtension)
            }
        }
        try output.requireApart([listFile] + places)
        var entries: [JSONValue] = []
        var lines: [String] = []
        let job = ImageJob(predictor: inspector.predictor, what: "explaining", progress: progress)
        let failures = try job.forEach(images) { source, seen, image in
            let findings = try inspector.findings(about: seen)
            if findings.subjects.isEmpty {
                lines.append(
                    "\(source.name): no detection scores \(inspector.request.threshold) or more; --threshold sets the limit"
                )
            }
            var maps: [JSONValue] = []
            for (method, explanations) in findings.explanations {
                let drawing = ExplanationDrawing(
                    name: source.name, image: image, findings: findings, explanations: explanations, method: method,
                    look: look, classNames: inspector.predictor.detector.classNames)
                let file = try output.place(source.name, method.rawValue, as: look.format.fileExtension)
                try drawing.drawn().write(to: file, as: look.format)
                lines.append(file.relativePath)
                let written = try write(
                    explanations, of: findings.subjects, in: source, method: method, to: output)
                maps += written.json
                lines += written.lines
            }
            entries.append(json(source, findings, maps))
        }
        let list = JSONValue.array(entries)
        try output.write(list, to: listFile)
        return ImageResults(json: list, text: terminalLines(lines), failures: failures)
    }

    private func write(
        _ explanations: [Explanation], of subjects: [ImageInspector.Subject], in image: ImageSource,
        method: Inspection.Method, to output: OutputFolder
    ) throws -> (json: [JSONValue], lines: [String]) {
        var json: [JSONValue] = []
        var lines: [String] = []
        for (index, explanation) in explanations.enumerated() {
            let layerParts = OutputNames.parts(for: explanation.layers.map(\.layer))
            for (layer, layerPart) in zip(explanation.layers, layerParts) {
                let file = try output.place(image.name, method.rawValue, "\(index)", layerPart, as: "npy")
                try writeAtomically(layer.map.npyData(), to: file)
                let note =
                    layer.flatness?.sentence
                    ?? "from \(shortNumber(layer.range.lowerBound)) to \(shortNumber(layer.range.upperBound))"
                lines.append(
                    "  \(explanation.target.name) (\(subjects[index].unit.words(explanation.value))), \(layer.layer): \(note)"
                )
                json.append([
                    "method": .string(method.rawValue), "target": .string(explanation.target.name),
                    "value": .number(Double(explanation.value)), "layer": .string(layer.layer),
                    "file": .string(file.lastPathComponent),
                    "lowest": .number(Double(layer.range.lowerBound)),
                    "highest": .number(Double(layer.range.upperBound)),
                    "flat": layer.flatness.map { .string($0.rawValue) } ?? .null,
                    "milliseconds": .number(explanation.milliseconds),
                ])
            }
        }
        return (json, lines)
    }

    private func json(
        _ image: ImageSource, _ findings: ImageInspector.Findings, _ maps: [JSONValue]
    ) -> JSONValue {
        let names = inspector.predictor.detector.classNames
        return [
            "image": .string(image.name),
            "detections": .array(
                findings.detections.map { found in
                    let isPoint = found.kind == .points
                    let place =
                        isPoint
                        ? [found.box.xMin, found.box.yMin]
                        : [found.box.xMin, found.box.yMin, found.box.xMax, found.box.yMax]
                    return .object(
                        JSONObject([
                            ("class", .string(names[found.classIndex])), ("score", .number(Double(found.score))),
                            (isPoint ? "point" : "box", .array(place.map { .number($0) })),
                            ("row", .integer(found.row)), ("column", .integer(found.column)),
                        ]))
                }),
            "maps": .array(maps),
        ]
    }
}
