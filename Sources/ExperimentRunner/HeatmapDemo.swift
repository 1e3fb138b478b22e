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
        let failures = try PictureJob(predictor: predictor, what: "drawing heatmaps", progress: progress).run(pictures)
        {
            picture, image, prediction in
            let found = prediction.detections.filter { Double($0.score) >= threshold }
            let overlay = try heatmapOverlay(
                image: image, heatmap: prediction.heatmap, imageToCells: prediction.imageToCells,
                classNames: classNames, boxes: found.map { $0.labelled(classNames) })
            let overlayFile = try output.place(picture.name, "heatmap", as: format.fileExtension)
            try overlay.write(to: overlayFile, as: format)
            try dump(prediction.heatmap, of: picture, channels: channels.prefix(classNames.count), to: output)
            try writeAtomically(prediction.heatmap.npyData(), to: output.place(picture.name, as: "npy"))
            if let joints = prediction.joints?.probabilities.firstItem {
                let overlay = try heatmapOverlay(
                    image: image, heatmap: joints, imageToCells: prediction.imageToCells, classNames: jointNames)
                try overlay.write(
                    to: output.place(picture.name, "joints", as: format.fileExtension), as: format)
                try dump(joints, of: picture, channels: channels.dropFirst(classNames.count), to: output)
                try writeAtomically(joints.npyData(), to: output.place(picture.name, "joints", as: "npy"))
            }
            lines.append(overlayFile.relativePath)
        }
        return Result(text: lines.joined(separator: "\n"), failures: failures)
    }

    private func dump(
        _ heatmap: Tensor, of picture: Picture, channels: ArraySlice<String>, to output: OutputFolder
    ) throws {
        for (index, channel) in channels.enumerated() {
            try Gray16Image(heatmap: heatmap, class: index).writePNG(
                to: output.place(picture.name, channel, as: "png"))
        }
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
