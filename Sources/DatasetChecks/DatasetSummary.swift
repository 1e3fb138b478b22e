import Boxes
import Datasets
import HeatmapTargets

/// What a data set is made of, and what a network of a given input size can make of it.
public struct DatasetSummary: Sendable {
    /// One class.
    public struct Class: Hashable, Sendable {
        /// Its name.
        public var name: String
        /// How many there are, and how many of them are flagged.
        public var objects, difficult, truncated: Int
        /// How many images have one.
        public var images: Int
    }

    /// One split.
    public struct Split: Hashable, Sendable {
        /// Its name.
        public var name: String
        /// Its usable images, those without an object, and its objects.
        public var images, background, objects: Int
    }

    /// The format that was found, for people.
    public var layout: String
    /// Usable images, and those of them without an object.
    public var images, background: Int
    /// Everything that is annotated and can be used.
    public var objects: Int
    /// Images or annotations that cannot be used.
    public var unusable: Int
    /// In the order of the class names.
    public var classes: [Class]
    /// As the lists say, or as the seed divides.
    public var splits: [Split]
    /// Whether lists or folders say who is where; otherwise a seed does.
    public var hasLists: Bool
    /// The side of the network's input in pixels.
    public var inputSize: Int
    /// How the boxes come out in output cells.
    public var boxes: BoxStatistics
    /// What the annotations themselves would score.
    public var ceiling: TargetCeiling
    /// How many keypoints there are of each kind; nil where none are annotated.
    public var keypoints: KeypointSummary?

    init(_ index: DatasetIndex, _ samples: [Sample?], usable: [Sample], inputSize: Int) {
        layout = index.format.title
        images = usable.count
        background = usable.count { $0.objects.isEmpty }
        objects = usable.reduce(0) { $0 + $1.objects.count }
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
        ceiling = TargetCeiling(usable, inputSize: inputSize, classNames: index.classNames)
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
    /// The network's input side divided by that of its output maps.
    static let outputStride = 4

    /// Where the image's pixels lie in output cells when all of it fills the input; nil without its size.
    func cells(inputSize: Int) -> AffineMap<ImagePixels, OutputCells>? {
        guard let width, let height else { return nil }
        return AffineMap.wholeImage(width: width, height: height, inputSize: inputSize)
            .followed(by: .outputStride(Self.outputStride))
    }
}
