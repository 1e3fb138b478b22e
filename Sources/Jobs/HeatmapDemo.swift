import Foundation
import Images
import Inference
import Tensors
import Visualization

/// Draws and saves centre heatmaps. For each image: `NAME.heatmap.png` (or another format), one colour per class over the image;
/// `NAME.CLASS.png`, 16-bit greyscale, one pixel per cell; `NAME.npy`, float32 `[class, row, column]`. For keypoints, likewise
/// `NAME.keypoints.png`, `NAME.keypoint-KEYPOINT.png` and `NAME.keypoints.npy`, float32 `[keypoint, row, column]`.
public struct HeatmapDemo {
    private let predictor: Predictor
    private let threshold: Double
    private let format: DrawingFormat
    private let output: OutputFolder
    private let progress: (JobEvent) -> Void

    /// Creates a job without running it.
    public init(
        predictor: Predictor, threshold: Double, format: DrawingFormat = .png, output: OutputFolder,
        progress: @escaping (JobEvent) -> Void
    ) {
        self.predictor = predictor
        self.threshold = threshold
        self.format = format
        self.output = output
        self.progress = progress
    }

    /// A summary of what was drawn.
    public struct Result {
        /// One line per image.
        public let text: String
        let failures: ImageFailures

        /// - Throws: ``ImageSourceError/some(failed:of:reasons:)`` if images could not be used.
        public func throwIfSomeFailed() throws(ImageSourceError) { try failures.throwIfAny() }
    }

    /// Runs the job.
    ///
    /// - Throws: ``UnusableImageError`` for a single image that cannot be read or drawn; ``OutputError`` if the output would replace
    ///   an input.
    public func run(_ images: [ImageSource]) throws -> Result {
        let classNames = predictor.detector.classNames
        let keypointNames = predictor.detector.skeleton?.keypointNames ?? []
        let channels = OutputNames.parts(
            for: classNames + keypointNames.map { "keypoint-\($0)" }, reserved: ["heatmap", "keypoints"])
        let output = output.sparing(images.map(\.file) + predictor.detector.files)
        let places = try images.flatMap { source in
            let maps = try channels.map { try output.place(source.name, $0, as: "png") }
            return try ["heatmap", "keypoints"].map { try output.place(source.name, $0, as: self.format.fileExtension) }
                + maps
                + [output.place(source.name, as: "npy"), output.place(source.name, "keypoints", as: "npy")]
        }
        try output.requireApart(places)
        var lines: [String] = []
        let job = ImageJob(predictor: predictor, what: "drawing heatmaps", progress: progress)
        let (threshold, format) = (threshold, format)
        let failures = try job.run(images) { source, image, prediction in
            let found = prediction.detections.filter { Double($0.score) >= threshold }
            let overlay = try output.place(source.name, "heatmap", as: format.fileExtension)
            func files(
                _ map: Tensor, names: [String], channels: ArraySlice<String>, boxes: [LabelledBox], at place: URL,
                numbers: URL
            ) throws -> [OutputFile] {
                let drawing = try heatmapOverlay(
                    image: image, heatmap: map, imageToCells: prediction.imageToCells, classNames: names, boxes: boxes)
                let planes = try channels.enumerated().map { index, channel in
                    OutputFile(
                        try Gray16Image(heatmap: map, class: index).pngData(),
                        at: try output.place(source.name, channel, as: "png"))
                }
                return [try output.file(drawing, at: place, as: format)] + planes
                    + [OutputFile(map.npyData(), at: numbers)]
            }
            var made = try files(
                prediction.heatmap, names: classNames, channels: channels.prefix(classNames.count),
                boxes: found.map { $0.labelled(classNames) }, at: overlay,
                numbers: output.place(source.name, as: "npy"))
            if let keypoints = prediction.keypoints?.probabilities.firstItem {
                made += try files(
                    keypoints, names: keypointNames, channels: channels.dropFirst(classNames.count), boxes: [],
                    at: output.place(source.name, "keypoints", as: format.fileExtension),
                    numbers: output.place(source.name, "keypoints", as: "npy"))
            }
            return ImageProduct(files: made, value: overlay.relativePath)
        } collect: { _, line in
            lines.append(line)
        }
        return Result(text: terminalLines(lines), failures: failures)
    }
}

extension Gray16Image {
    /// Creates an image of one class of a heatmap `[class, row, column]`, one pixel per cell: 0 is black, 1 white.
    init(heatmap: Tensor, class index: Int) {
        let (rows, columns) = (heatmap.shape[1], heatmap.shape[2])
        let area = rows * columns
        let pixels = heatmap.withElements { cells in
            cells[index * area..<(index + 1) * area].map { UInt16((max(0, min(1, $0)) * 65535).rounded()) }
        }
        self.init(width: columns, height: rows, pixels: pixels)
    }
}
