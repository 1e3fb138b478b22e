import Boxes
import DatasetWriting
import Datasets
import Foundation
import Images
import Synchronization
import Tensors

/// Generates COCO keypoint data: stick figures in random poses, which overlap and extend beyond the border, on textured backgrounds.
///
/// All face the viewer, so left and right differ only in position. The same seed makes the same files, bit for bit; image `i` does
/// not depend on the number of images.
public struct FiguresSynthesizer: Hashable, Sendable {
    /// The random seed.
    public var seed: UInt64
    /// The number of images: twelve in sixteen are `train`, three `val`, one `test`.
    public var imageCount: Int
    /// The side of an image in pixels.
    public var size: Int

    /// The name of the only class.
    public static let className = "figure"
    /// The keypoints of the class.
    public static let skeleton = FigurePose.skeleton

    private static let quality = 85

    /// Creates a generator.
    ///
    /// - Precondition: There is at least one image, of at least 16 x 16 pixels.
    public init(seed: UInt64 = 1, imageCount: Int, size: Int) {
        precondition(imageCount >= 1 && size >= 16, "\(imageCount) images of \(size) x \(size) pixels")
        self.seed = seed
        self.imageCount = imageCount
        self.size = size
    }

    /// Writes the data set: `images/NUMBER.jpg` and `annotations/keypoints_SPLIT.json`.
    ///
    /// - Throws: ``DatasetError/cannotWrite(path:reason:)``, also when the folder is not empty.
    public func write(to folder: URL) throws(DatasetError) {
        let writer = try COCOWriter(new: folder)
        let written = Mutex([Sample?](repeating: nil, count: imageCount))
        try writeUntilInterrupted(imageCount, to: folder) { (index) throws(DatasetError) in
            let sample = try write(index, with: writer)
            written.withLock { $0[index] = sample }
        }
        let images = written.withLock { $0.compactMap(\.self) }
        let split = SyntheticImages.split(imageCount)
        let parts = [("train", split.train), ("val", split.validation), ("test", split.test)]
        let content = DatasetContent(
            classNames: [Self.className], skeleton: Self.skeleton, images: images,
            splits: parts.filter { !$0.1.isEmpty }.map { .init(name: $0.0, members: Array($0.1)) })
        try writer.write(content, fileNames: images.map { "\($0.id).jpg" })
    }

    private func write(_ index: Int, with writer: COCOWriter) throws(DatasetError) -> Sample {
        let (image, objects) = makeImage(index)
        let id = SyntheticImages.id(index)
        let url = writer.image("\(id).jpg")
        try SyntheticImages.write(image, to: url, quality: Self.quality)
        return Sample(id: id, imageURL: url, objects: objects, width: size, height: size)
    }

    /// Returns image `index` and its objects.
    public func makeImage(_ index: Int) -> (image: Image, objects: [AnnotatedObject]) {
        var random = SeededGenerator(seed, index)
        let painter = FigurePainter(FigureScene(size: size, random: &random))
        return (painter.image, painter.objects)
    }
}
