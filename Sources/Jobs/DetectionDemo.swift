import Boxes
import Datasets
import Foundation
import Images
import Inference
import Interruption
import PeakDecoding
import Tensors
import Visualization

/// Detects objects in images: writes `NAME.png` (or another format) with boxes and keypoints for each image, and `detections.json` in
/// COCO's results format.
public struct DetectionDemo {
    private let predictor: Predictor
    private let threshold: Double
    private let maximumDetections: Int
    private let format: DrawingFormat
    private let output: OutputFolder
    private let progress: (JobEvent) -> Void

    /// Creates a job without running it.
    public init(
        predictor: Predictor, threshold: Double, maximumDetections: Int, format: DrawingFormat = .png,
        output: OutputFolder, progress: @escaping (JobEvent) -> Void
    ) {
        self.predictor = predictor
        self.threshold = threshold
        self.maximumDetections = maximumDetections
        self.format = format
        self.output = output
        self.progress = progress
    }

    /// What was detected.
    public struct Result {
        /// One line per image.
        public let text: String
        /// The file with all detections in COCO's results format; of many images they need not fit into memory.
        public let file: URL
        let failures: ImageFailures

        /// - Throws: ``ImageSourceError/some(failed:of:reasons:)`` if images could not be used.
        public func throwIfSomeFailed() throws(ImageSourceError) { try failures.throwIfAny() }
    }

    /// Runs the job.
    ///
    /// - Throws: ``UnusableImageError`` for a single image that cannot be read or drawn; ``OutputError`` if the output would replace an
    ///   input.
    public func run(_ images: [ImageSource]) throws -> Result {
        // From the moment on at which the list is begun.
        try Signals.whilePolling { try runUntilInterrupted(images) }
    }

    private func runUntilInterrupted(_ images: [ImageSource]) throws -> Result {
        let output = output.sparing(images.map(\.file) + predictor.detector.files)
        let list = try output.place("detections", as: "json")
        try output.requireApart(
            [list] + images.map { (source) throws in try output.place(source.name, as: self.format.fileExtension) })
        let (classNames, skeleton) = (predictor.detector.classNames, predictor.detector.skeleton)
        let results = try COCOResultsFile(list, categoryIDs: predictor.detector.categoryIDs)
        var lines: [String] = []
        let job = ImageJob(predictor: predictor, what: "detecting objects", progress: progress)
        let (threshold, maximumDetections, format) = (threshold, maximumDetections, format)
        let failures = try job.run(images) { source, image, prediction in
            let found = Array(
                prediction.detections.filter { Double($0.score) >= threshold }.prefix(maximumDetections))
            let overlay = try output.place(source.name, as: format.fileExtension)
            let drawing = drawBoxes(on: image, found.map { $0.labelled(classNames, skeleton) })
            let line = "\(overlay.relativePath): \(Self.tally(found, classNames))"
            return ImageProduct(
                files: [try output.file(drawing, at: overlay, as: format)], value: (found: found, line: line))
        } collect: { source, result in
            for detection in result.found { try results.add(detection.scored(image: 0), in: source.identity) }
            lines.append(result.line)
        }
        try results.finish()
        return Result(text: terminalLines(lines), file: list, failures: failures)
    }

    /// `2 Platelets, 11 RBC`.
    private static func tally(_ found: [Detection<ImagePixels>], _ classNames: [String]) -> String {
        let counts = classNames.indices.map { index in found.count { $0.classIndex == index } }
        let parts = zip(counts, classNames).filter { $0.0 > 0 }.map { "\($0.0) \($0.1)" }
        return parts.isEmpty ? "nothing" : parts.joined(separator: ", ")
    }
}

extension Detection where Space == ImagePixels {
    /// Returns the box for drawing: labelled with class and score, in the class's colour, with its keypoints, if any.
    package func labelled(_ classNames: [String], _ skeleton: Skeleton? = nil) -> LabelledBox {
        LabelledBox(
            box: box, kind: kind, label: "\(classNames[classIndex]) \(String(format: "%.2f", score))",
            color: Palette.color(classIndex), pose: skeleton.map { DrawnPose(keypoints, of: $0) })
    }
}
