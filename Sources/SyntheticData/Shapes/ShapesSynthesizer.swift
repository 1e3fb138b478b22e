import DatasetWriting
import Datasets
import Foundation
import Images
import Tensors

/// Generates VOC data: textured, rotated shapes that overlap and extend beyond the border, on textured backgrounds.
///
/// The classes differ only in shape; colours and textures carry no information. Mostly hidden shapes are `difficult`, shapes
/// beyond the border `truncated`. The same seed makes the same files, bit for bit; image `i` does not depend on the number of
/// images.
public struct ShapesSynthesizer: Hashable, Sendable {
    /// The random seed.
    public var seed: UInt64
    /// The number of images: twelve in sixteen are `train`, three `val`, one `test`.
    public var imageCount: Int
    /// The side of an image in pixels.
    public var size: Int

    /// The names of the classes, sorted.
    public static let classNames = ShapeKind.allCases.map(\.rawValue)

    private static let quality = 75

    /// Creates a generator.
    ///
    /// - Precondition: There is at least one image, of at least 16 x 16 pixels.
    public init(seed: UInt64 = 1, imageCount: Int, size: Int) {
        precondition(imageCount >= 1 && size >= 16, "\(imageCount) images of \(size) x \(size) pixels")
        self.seed = seed
        self.imageCount = imageCount
        self.size = size
    }

    /// Writes the data set.
    ///
    /// - Throws: ``DatasetError/cannotWrite(path:reason:)``, also when the folder is not empty.
    public func write(to folder: URL) throws(DatasetError) {
        let writer = try VOCWriter(new: folder)
        try writeUntilInterrupted(imageCount, to: folder) { (index) throws(DatasetError) in
            try write(index, with: writer)
        }
        try SyntheticImages.writeSplits(imageCount, with: writer)
    }

    private func write(_ index: Int, with writer: VOCWriter) throws(DatasetError) {
        let (image, objects) = makeImage(index)
        let id = SyntheticImages.id(index)
        let url = writer.image("\(id).jpg")
        try SyntheticImages.write(image, to: url, quality: Self.quality)
        try writer.write(objects, id: id, imageName: "\(id).jpg", width: size, height: size)
    }

    /// Returns image `index` and its objects.
    public func makeImage(_ index: Int) -> (image: Image, objects: [AnnotatedObject]) {
        var random = SeededGenerator(seed, index)
        let painter = ShapePainter(ShapeScene(size: size, random: &random))
        return (painter.image, painter.objects)
    }
}
