import Boxes
import DatasetWriting
import Datasets
import Foundation
import Images
import Tensors

/// Generates VOC data to pre-train detectors: images with the statistics of photographs, drawings and microscope images, and
/// objects of many classes.
///
/// A class is a form made of a material, such as `ring-striped`, or with few classes a form of any, such as `ring`; colours, sizes, lighting and backgrounds carry no information. Boxes
/// surround what is visible; objects more than 70 % of which are hidden are left out, objects beyond the border are `truncated`. The
/// same seed makes the same files, bit for bit; image `i` does not depend on the number of images.
public struct ScenesSynthesizer: Hashable, Sendable {
    /// The random seed.
    public var seed: UInt64
    /// The number of images: twelve in sixteen are `train`, three `val`, one `test`.
    public var imageCount: Int
    /// The side of an image in pixels.
    public var size: Int
    /// The number of classes.
    public var classCount: Int

    /// The largest number of classes.
    public static let maximumClassCount = SceneClass.maximumCount

    /// The names of the classes, sorted.
    public var classNames: [String] { classes.map(\.name) }

    /// The classes, sorted by name.
    private var classes: [SceneClass] { SceneClass.first(classCount) }

    /// Creates a generator.
    ///
    /// - Precondition: There is at least one image, of at least 16 x 16 pixels, and from 1 to ``maximumClassCount`` classes.
    public init(seed: UInt64 = 1, imageCount: Int, size: Int, classCount: Int = maximumClassCount) {
        precondition(imageCount >= 1 && size >= 16, "\(imageCount) images of \(size) x \(size) pixels")
        precondition((1...Self.maximumClassCount).contains(classCount), "\(classCount) classes")
        self.seed = seed
        self.imageCount = imageCount
        self.size = size
        self.classCount = classCount
    }

    /// Writes the data set.
    ///
    /// - Throws: ``DatasetError/cannotWrite(path:reason:)``, also when the folder is not empty.
    public func write(to folder: URL) throws(DatasetError) {
        let writer = try VOCWriter(new: folder)
        try writeUntilInterrupted(imageCount, to: folder) { (index) throws(DatasetError) in
            let (image, objects, quality) = paintImage(index)
            let id = SyntheticImages.id(index)
            try SyntheticImages.write(image, to: writer.image("\(id).jpg"), quality: quality)
            try writer.write(objects, id: id, imageName: "\(id).jpg", width: size, height: size)
        }
        try SyntheticImages.writeSplits(imageCount, with: writer)
    }

    /// Returns image `index` and its objects.
    public func makeImage(_ index: Int) -> (image: Image, objects: [AnnotatedObject]) {
        let (image, objects, _) = paintImage(index)
        return (image, objects)
    }

    private func paintImage(_ index: Int) -> (image: Image, objects: [AnnotatedObject], quality: Int) {
        var random = SeededGenerator(seed, index)
        let scene = Scene(size: size, classes: classes, random: &random)
        return (scene.image, scene.objects, random.integer(in: 50...95))
    }
}
