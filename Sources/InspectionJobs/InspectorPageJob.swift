import Boxes
import Foundation
import HeatmapTargets
import Images
import Inference
import Inspection
import Jobs
import Pages
import Tensors
import Visualization

/// Writes everything about some images to one page: detections, predicted and ground-truth heatmaps, layers, explanations.
public struct InspectorPageJob {
    private let inspector: ImageInspector
    private let annotations: URL?
    private let targets: TargetOptions
    private let title: String
    private let progress: (JobEvent) -> Void

    /// Creates a job without running it.
    ///
    /// - Parameters:
    ///   - annotations: The data set with the images' annotations; nil to look for VOC annotations beside the images.
    ///   - targets: The target options that the model was trained with, for the ground-truth heatmap.
    ///   - title: The name of the model.
    public init(
        inspector: ImageInspector, annotations: URL?, targets: TargetOptions = TargetOptions(), title: String,
        progress: @escaping (JobEvent) -> Void
    ) {
        self.inspector = inspector
        self.annotations = annotations
        self.targets = targets
        self.title = title
        self.progress = progress
    }

    /// Runs the job, and writes the page atomically.
    ///
    /// - Throws: ``UnusableImageError`` for a single image that cannot be read, ``InspectionError`` for a request that does not fit an
    ///   image, ``OutputError/sameFile(_:_:)``, ``ImageSourceError/some(failed:of:reasons:)`` after writing the page without some
    ///   of the images.
    public func run(_ images: [ImageSource], to file: URL) throws {
        let detector = inspector.predictor.detector
        try InputFiles(images.map(\.file) + detector.files).requireApart(file)
        let known = try DecodeAnnotations(
            of: images.map(\.file), root: annotations, classNames: detector.classNames,
            kind: detector.objectKind)
        try InputFiles(known.files).requireApart(file)
        let objects = Dictionary(zip(images.map(\.name), known.objects)) { first, _ in first }
        var inspected: [InspectedImage] = []
        let job = ImageJob(predictor: inspector.predictor, what: "inspecting images", progress: progress)
        let failures = try job.forEach(images) { source, seen, image in
            let findings = try inspector.findings(about: seen)
            var entry = InspectedImage(
                name: source.name, image: image, inputExtent: findings.place.extent,
                imageToInput: findings.place.view)
            entry.detections = findings.detections.map {
                InspectedDetection(
                    classIndex: $0.classIndex, score: $0.score, box: $0.box, kind: $0.kind,
                    peak: detector.decoder.usesHeatmapCells ? ($0.row, $0.column) : nil)
            }
            let hasHeatmap = findings.prediction.heatmap.count > 0
            if hasHeatmap { entry.predictedHeatmap = findings.prediction.heatmap }
            if let objects = objects[source.name] ?? nil {
                entry.annotations = objects.map {
                    InspectedAnnotation(
                        classIndex: $0.classIndex, box: $0.box, kind: detector.objectKind,
                        note: $0.difficult ? "difficult" : "")
                }
                if hasHeatmap {
                    entry.groundTruthHeatmap = findings.prediction.groundTruthHeatmap(
                        objects.map { ($0.classIndex, $0.box) }, kind: detector.objectKind, options: targets)
                }
            }
            entry.features = try features(findings.input)
            entry.explanations = explanations(findings)
            inspected.append(entry)
        }
        guard !inspected.isEmpty else { return try failures.throwIfAny() }
        var page = InspectorPage(
            title: title, subtitle: subtitle, classNames: detector.classNames, images: inspected)
        page.firstLayer = Self.meanName
        try page.write(to: file)
        try failures.throwIfAny()
    }

    private static let meanName = "mean of all"

    private var subtitle: String {
        let detector = inspector.predictor.detector
        let size =
            inspector.predictor.options.keepsResolution
            ? "each image's own resolution" : detector.preparation.extent.sides
        return "\(detector.name) at \(size), detections with a score of "
            + "\(inspector.request.threshold) or more"
    }

    private func features(_ input: Tensor) throws -> [InspectedLayer] {
        try inspector.features(input, layers: inspector.shownLayers()).map { layer, activation in
            InspectedLayer(
                layer: layer,
                reductions: [FeatureJob.Reduction.mean, .maximum, .norm].compactMap { reduction in
                    reduction.map(of: activation).map { (reduction.rawValue, $0) }
                }, components: try principalComponentColors(activation).map(colorImage))
        }
    }

    private func explanations(_ findings: ImageInspector.Findings) -> [InspectedExplanation] {
        let (rows, columns) = (findings.input.shape[2], findings.input.shape[3])
        return findings.explanations.flatMap { method, explanations in
            zip(findings.subjects, explanations).flatMap { subject, explanation in
                func entry(_ layer: String, _ map: Tensor, _ flatness: Flatness? = nil) -> InspectedExplanation {
                    InspectedExplanation(
                        detection: subject.detectionIndex,
                        target: subject.quantity?.rawValue ?? subject.target.name, method: method.rawValue,
                        layer: layer, map: map, flatness: flatness?.sentence, milliseconds: explanation.milliseconds)
                }
                var entries = explanation.layers.map { entry($0.layer, $0.map, $0.flatness) }
                if explanation.layers.count > 1, let mean = explanation.combined(rows: rows / 4, columns: columns / 4) {
                    entries.append(entry(Self.meanName, mean))
                }
                return entries
            }
        }
    }
}
