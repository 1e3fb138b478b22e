import Foundation
import Images
import Inference
import Tensors
import Visualization

/// Draws and dumps centre heatmaps. For each picture: `NAME.heatmap.png` (or another format), a colour a class over the picture;
/// `NAME.CLASS.png`, 16-bit grey, a pixel a cell; `NAME.npy`, float32 `[class, row, column]`. Where there are joints, likewise
/// `NAME.joints.png`, `NAME.joint-JOINT.png` and `NAME.joints.npy`, float32 `[joint, row, column]`.
public struct HeatmapDemo {
    private let predictor: Predictor
    private let threshold: Double
    private let format: DrawingFormat
    private let output: OutputFolder
    private let progress: any RunProgress

    /// A job; nothing happens yet.
    public init(
        predictor: Predictor, threshold: Double, format: DrawingFormat = .png, output: OutputFolder,
        progress: any RunProgress
    ) {
        self.predictor = predictor
        self.threshold = threshold
        self.format = format
        self.output = output
        self.progress = progress
    }

    /// What was drawn.
    public struct Result {
        /// A line a picture.
        public let text: String
        let failures: PictureFailures

        /// - Throws: ``PictureError/some(failed:of:reasons:)`` when pictures could not be used.
        public func throwIfSomeFailed() throws(PictureError) { try failures.throwIfAny() }
    }

    /// Does the job.
    ///
    /// - Throws: ``ImageError`` for a single picture that cannot be read; ``PictureError`` when the output would replace
    ///   a picture.
    public func run(_ pictures: [Picture]) throws -> Result {
        let classNames = predictor.detector.classNames
        let jointNames = predictor.detector.skeleton?.jointNames ?? []
        let channels = OutputNames.parts(
            for: classNames + jointNames.map { "joint-\($0)" }, reserved: ["heatmap", "joints"])
        let output = output.sparing(pictures.map(\.file))
        for picture in pictures {
            for part in ["heatmap", "joints"] { _ = try output.place(picture.name, part, as: format.fileExtension) }
            for channel in channels { _ = try output.place(picture.name, channel, as: "png") }
            _ = try output.place(picture.name, as: "npy")
            _ = try output.place(picture.name, "joints", as: "npy")
        }
        var lines: [String] = []
        let job = PictureJob(predictor: predictor, what: "drawing heatmaps", progress: progress)
        let (threshold, format) = (threshold, format)
        let failures = try job.run(pictures) { picture, image, prediction in
            let found = prediction.detections.filter { Double($0.score) >= threshold }
            let overlay = try output.place(picture.name, "heatmap", as: format.fileExtension)
            func files(
                _ map: Tensor, names: [String], channels: ArraySlice<String>, boxes: [LabelledBox], at place: URL,
                numbers: URL
            ) throws -> [OutputFile] {
                let drawing = try heatmapOverlay(
                    image: image, heatmap: map, imageToCells: prediction.imageToCells, classNames: names, boxes: boxes)
                let planes = try channels.enumerated().map { index, channel in
                    OutputFile(
                        picture: try Gray16Image(heatmap: map, class: index).pngData(),
                        at: try output.place(picture.name, channel, as: "png"))
                }
                return [try output.file(drawing, at: place, as: format)] + planes
                    + [OutputFile(map.npyData(), at: numbers)]
            }
            var made = try files(
                prediction.heatmap, names: classNames, channels: channels.prefix(classNames.count),
                boxes: found.map { $0.labelled(classNames) }, at: overlay,
                numbers: output.place(picture.name, as: "npy"))
            if let joints = prediction.joints?.probabilities.firstItem {
                made += try files(
                    joints, names: jointNames, channels: channels.dropFirst(classNames.count), boxes: [],
                    at: output.place(picture.name, "joints", as: format.fileExtension),
                    numbers: output.place(picture.name, "joints", as: "npy"))
            }
            return ImageProduct(files: made, value: overlay.relativePath)
        } collect: { _, line in
            lines.append(line)
        }
        return Result(text: lines.joined(separator: "\n"), failures: failures)
    }
}

extension Gray16Image {
    /// One class of a heatmap `[class, row, column]`, a pixel a cell: 0 is black, 1 white.
    init(heatmap: Tensor, class index: Int) {
        let (rows, columns) = (heatmap.shape[1], heatmap.shape[2])
        let area = rows * columns
        let pixels = heatmap.withElements { cells in
            cells[index * area..<(index + 1) * area].map { UInt16((max(0, min(1, $0)) * 65535).rounded()) }
        }
        self.init(width: columns, height: rows, pixels: pixels)
    }
}
