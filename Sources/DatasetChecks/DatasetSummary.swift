import Boxes
import Datasets
import DetectionHeads
import HeatmapTargets

/// The content of a data set, and its limits for a network with a given input size.
public struct DatasetSummary: Sendable {
    /// One class.
    public struct Class: Hashable, Sendable {
        /// The class name.
        public var name: String
        /// The number of objects, and how many of them are flagged.
        public var objects, difficult, truncated: Int
        /// The number of images with an object of the class.
        public var images: Int
    }

    /// One split.
    public struct Split: Hashable, Sendable {
        /// The split's name.
        public var name: String
        /// The number of usable images, of those without an object, and of objects.
        public var images, background, objects: Int
    }

    /// The detected format, as named in messages.
    public var layout: String
    /// The number of usable images, and of those without an object.
    public var images, background: Int
    /// The number of usable objects.
    public var objects: Int
    /// Whether the objects are boxes or points.
    public var objectKind: ObjectKind
    /// The number of unusable images or annotations.
    public var unusable: Int
    /// The classes, in the order of the class names.
    public var classes: [Class]
    /// The splits, as defined by the data set or divided by a random seed.
    public var splits: [Split]
    /// Whether lists or folders define the splits; otherwise a random seed divides the images.
    public var hasLists: Bool
    /// The size of the network's input.
    public var inputSize: InputExtent
    /// The statistics of the boxes in output cells.
    public var boxes: BoxStatistics
    /// The score of the annotations themselves.
    public var ceiling: AchievablePrecision
    /// The number of keypoints of each kind; nil where none are annotated.
    public var keypoints: KeypointSummary?

    init(_ index: DatasetIndex, _ samples: [Sample?], usable: [Sample], inputSize: InputExtent) {
        layout = index.format.title
        images = usable.count
        background = usable.count { $0.objects.isEmpty }
        objects = usable.reduce(0) { $0 + $1.objects.count }
        objectKind = index.objectKind
        unusable = zip(samples, index.images).count { $0 == nil && !$1.isMereListing }
        classes = Self.classes(index.classNames, samples: usable)
        splits = index.splits.map { split in
            let members = split.members.compactMap { samples[$0] }
            return Split(
                name: split.name, images: members.count, background: members.count { $0.objects.isEmpty },
                objects: members.reduce(0) { $0 + $1.objects.count })
        }
        hasLists = index.hasSplits
        self.inputSize = inputSize
        boxes = BoxStatistics(usable, inputSize: inputSize, classCount: index.classNames.count)
        ceiling = AchievablePrecision(
            usable, inputSize: inputSize, classNames: index.classNames, kind: index.objectKind)
        keypoints = index.skeleton.map { KeypointSummary(usable, skeleton: $0) }
    }

    static func classes(_ names: [String], samples: [Sample]) -> [Class] {
        var classes = names.map { Class(name: $0, objects: 0, difficult: 0, truncated: 0, images: 0) }
        for sample in samples {
            for object in sample.objects {
                classes[object.classIndex].objects += 1
                classes[object.classIndex].difficult += object.difficult ? 1 : 0
                classes[object.classIndex].truncated += object.truncated ? 1 : 0
            }
            for index in Set(sample.objects.map(\.classIndex)) { classes[index].images += 1 }
        }
        return classes
    }
}

extension Sample {
    /// Where the image's pixels lie in output cells when all of it fills the input; nil without its size.
    func cells(inputSize: InputExtent) -> AffineMap<ImagePixels, OutputCells>? {
        guard let width, let height else { return nil }
        return AffineMap.wholeImage(width: width, height: height, inputSize: inputSize)
            .followed(by: .outputStride(outputStride))
    }
}
