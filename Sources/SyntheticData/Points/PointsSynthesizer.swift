import Boxes
import DatasetWriting
import Datasets
import Foundation
import Images
import Synchronization
import Tensors

/// Generates point data: small discs and rings on a textured background, from a few to crowds of 1,000 in an image, each annotated by its
/// centre.
///
/// The same seed makes the same files, bit for bit; image `i` does not depend on the number of images.
public struct PointsSynthesizer: Hashable, Sendable {
    /// The random seed.
    public var seed: UInt64
    /// The number of images: twelve in sixteen are `train`, three `val`, one `test`.
    public var imageCount: Int
    /// The side of an image in pixels.
    public var size: Int

    /// The names of the classes, sorted.
    public static let classNames = SpotKind.allCases.map(\.rawValue)
    /// The name of the table.
    public static let tableName = "points.csv"

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

    /// Writes the data set: `images/NUMBER.jpg`, and `points.csv` with a line per point, `image,x,y,class,split`.
    ///
    /// - Throws: ``DatasetError/cannotWrite(path:reason:)``, also when the folder is not empty.
    public func write(to folder: URL) throws(DatasetError) {
        let images = folder.appendingPathComponent("images", isDirectory: true)
        try NewFolder.make(["images"], in: folder)
        let written = Mutex([String](repeating: "", count: imageCount))
        let splits = splitNames
        try writeUntilInterrupted(imageCount, to: folder) { (index) throws(DatasetError) in
            let (image, objects) = makeImage(index)
            let name = "\(SyntheticImages.id(index)).jpg"
            try SyntheticImages.write(image, to: images.appendingPathComponent(name), quality: Self.quality)
            let lines = Self.lines(objects, image: name, split: splits[index])
            written.withLock { $0[index] = lines }
        }
        let table = "image,x,y,class,split\n" + written.withLock { $0.joined() }
        do { try writeAtomically(Data(table.utf8), to: folder.appendingPathComponent(Self.tableName)) } catch {
            throw .cannotWrite(path: folder.relativePath, reason: error.reason)
        }
    }

    private var splitNames: [String] {
        let split = SyntheticImages.split(imageCount)
        return (0..<imageCount).map { split.train.contains($0) ? "train" : split.test.contains($0) ? "test" : "val" }
    }

    /// Returns the lines of an image; one without a point where there are none.
    private static func lines(_ objects: [AnnotatedObject], image: String, split: String) -> String {
        if objects.isEmpty { return "\(image),,,,\(split)\n" }
        return objects.map {
            "\(image),\(hundredths($0.box.centerX)),\(hundredths($0.box.centerY)),\($0.className),\(split)\n"
        }.joined()
    }

    private static func hundredths(_ value: Double) -> String { String(format: "%.2f", value) }

    /// Returns image `index` and its objects.
    public func makeImage(_ index: Int) -> (image: Image, objects: [AnnotatedObject]) {
        var random = SeededGenerator(seed, index)
        let scene = SpotScene(size: size, random: &random)
        let objects = scene.spots.map {
            AnnotatedObject(
                classIndex: SpotKind.allCases.firstIndex(of: $0.kind) ?? 0, className: $0.kind.rawValue,
                box: Box(pointX: $0.x, y: $0.y), kind: .points)
        }
        return (scene.painted, objects)
    }
}
