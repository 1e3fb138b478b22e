import Boxes
import Evaluation
import Foundation
import HeatmapTargets
import Images
import Inference
import Inspection
import JSON
import Jobs
import PeakDecoding
import Tensors
import Visualization

/// Shows how the heatmap becomes boxes, and why annotated objects were missed. For each image: `NAME.decode.png` (or another
/// format), a drawing of the steps; `NAME.decode.json`, the steps in numbers.
///
/// If the predictor runs at several scales, only the one nearest to the model's own size is shown.
public struct DecodeJob {
    private let predictor: Predictor
    private let threshold: Double
    private let limit: Int
    private let points: PointOptions?
    private let annotations: URL?
    private let targets: TargetOptions
    private let format: DrawingFormat
    private let output: OutputFolder
    private let progress: (JobEvent) -> Void

    /// Creates a job without running it.
    ///
    /// - Parameters:
    ///   - threshold: The minimum score of a detection.
    ///   - limit: The maximum detections per image, over all classes; at least 0. Nil for the predictor's.
    ///   - annotations: The data set with the images' annotations; nil to look for VOC annotations beside the images.
    ///   - targets: The target options that the model was trained with.
    ///   - points: How points are compared with annotated ones, for a network that detects points.
    public init(
        predictor: Predictor, threshold: Double, limit: Int? = nil, annotations: URL? = nil,
        targets: TargetOptions = TargetOptions(), points: PointOptions = PointOptions(),
        format: DrawingFormat = .png, output: OutputFolder,
        progress: @escaping (JobEvent) -> Void
    ) {
        self.predictor = predictor
        self.threshold = threshold
        let kind = predictor.detector.objectKind
        self.limit = limit ?? predictor.options.maximumDetections(of: kind)
        self.points = kind == .points ? points : nil
        self.annotations = annotations
        self.targets = targets
        self.format = format
        self.output = output
        self.progress = progress
    }

    /// Runs the job.
    ///
    /// - Returns: As JSON, the steps of each image by its name, and `missCounts` over all images; as text, a table of the peaks and a
    ///   sentence for each missed object of each image, and finally the number of misses for each reason.
    /// - Throws: ``UnusableImageError`` for a single image that cannot be read or drawn; ``OutputError`` if the output would replace an
    ///   input; ``DatasetError`` if the requested annotations are not a data set.
    public func run(_ images: [ImageSource]) throws -> ImageResults {
        let output = output.sparing(images.map(\.file) + predictor.detector.files)
        let places = try images.flatMap { source in
            try [self.format.fileExtension, "json"].map { try output.place(source.name, "decode", as: $0) }
        }
        try output.requireApart(places)
        let classNames = predictor.detector.classNames
        let annotations = try DecodeAnnotations(
            of: images.map(\.file), root: annotations, classNames: classNames,
            kind: predictor.detector.objectKind)
        try output.sparing(annotations.files).requireApart(places)
        if let first = annotations.problems.first {
            let rest = annotations.problems.count - 1
            progress(.warning("annotations: \(first)" + (rest > 0 ? "; and \(rest) more" : "")))
        }
        let objects = Dictionary(
            zip(images.map(\.name), annotations.objects), uniquingKeysWith: { first, _ in first })
        var summary = DecodeSummary()
        var texts: [String] = []
        var entries: [(String, JSONValue)] = []
        let job = ImageJob(predictor: predictor, what: "decoding", progress: progress)
        let (explainer, format) = (explainer, format)
        let failures = try job.run(images) { source, image, prediction in
            let explanation = try explainer.explain(prediction, objects: objects[source.name] ?? nil)
            let drawing = DecodeDrawing(explanation: explanation, classNames: classNames)
            let sheet = try output.place(source.name, "decode", as: format.fileExtension)
            let drawn = try drawing.drawn(name: source.name, image: image, heatmap: prediction.heatmap)
            let json = explanation.json(classNames: classNames)
            let files = [
                try output.file(drawn, at: sheet, as: format),
                output.file(json, at: try output.place(source.name, "decode", as: "json")),
            ]
            return ImageProduct(files: files, value: (explanation: explanation, json: json, sheet: sheet))
        } collect: { source, told in
            summary.add(told.explanation)
            entries.append((source.name, told.json))
            texts.append(
                "\(told.sheet.relativePath.shownOnTerminal)\n\(told.explanation.listing(classNames: classNames))")
        }
        if summary.imageCount > 0 { texts.append(summary.text) }
        if predictor.options.scales.count > 1 {
            texts.append(
                "This is one scale\(predictor.displayedExtent.map { ", \($0.sides) pixels" } ?? ""); the other scales of test-time augmentation are left out."
            )
        }
        let json: JSONValue = [
            "images": .object(JSONObject(entries)), "missCounts": summary.json,
            "annotatedImages": .integer(summary.imageCount),
        ]
        return ImageResults(json: json, text: texts.joined(separator: "\n\n"), failures: failures)
    }

    private var explainer: DecodeExplainer {
        DecodeExplainer(
            threshold: threshold, limit: limit, targets: targets, points: points,
            decoderName: predictor.detector.decoder.name)
    }
}

/// Explains how a network's outputs become boxes.
private struct DecodeExplainer: Sendable {
    let threshold: Double
    let limit: Int
    let targets: TargetOptions
    let points: PointOptions?
    let decoderName: String

    func explain(_ prediction: Prediction, objects: [GroundTruthBox]?) throws -> DecodingExplanation {
        guard let centers = prediction.centers else {
            throw InspectionError.unsuitable(
                "decoding is shown only for CenterNet's heatmaps, but this network's outputs are read by the "
                    + "decoder '\(decoderName)'")
        }
        func batch(_ shape: [Int]) -> [Int] { [1] + shape }
        let trace = PeakDecoder(maximumDetections: limit).trace(
            probabilities: prediction.heatmap.reshaped(batch(prediction.heatmap.shape)),
            size: centers.size.map { $0.reshaped(batch($0.shape)) },
            offset: centers.offset.reshaped(batch(centers.offset.shape)), threshold: threshold)
        return DecodingExplanation(
            trace: trace, heatmap: prediction.heatmap, imageToCells: prediction.imageToCells, objects: objects,
            targets: targets, points: points)
    }
}
