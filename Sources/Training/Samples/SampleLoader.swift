import Boxes
import Datasets
import DetectionHeads
import Foundation
import HeatmapTargets
import Images
import Networks
import Tensors

/// One image as used for training.
public struct TrainingSample: Sendable {
    /// The augmented, normalized image, `[3, row, column]`.
    public let input: Tensor
    /// The targets of the network's outputs.
    public let targets: DetectionTargets
    /// The annotated boxes in output cells, before clipping.
    public let objects: [TargetObject]
    /// The map from image pixels to input pixels, of the first image where several are shown.
    public let view: AffineMap<ImagePixels, InputPixels>
    /// The image's file.
    public let file: URL
}

/// Makes training samples: reads an image, draws a view of it, changes its colours, and renders its targets.
///
/// A sample depends only on its index, the epoch and its position in the epoch, so any thread may make it.
public struct SampleLoader: Sendable {
    /// The images and their objects.
    public let dataset: DetectionDataset
    /// The size of the network's input; a batch plan may ask for others.
    public let inputSize: InputExtent
    /// The mean colour that is subtracted from inputs, and the standard deviation that they are divided by.
    public let mean, standardDeviation: [Float]
    private let transforms: [any SampleTransform]
    private let targets: TargetOptions
    private let seed: UInt64
    private var closingEpoch: Int
    private let closingShare: Double
    private let objects: ObjectDrawing
    private let cache: ImageCache

    /// Creates a loader.
    ///
    /// - Parameters:
    ///   - epochs: The run's length, near whose end samples are of one image each (``AugmentationConfiguration/closingShare``); nil for
    ///     one without an end.
    ///   - largestInput: The largest input that samples are drawn into, if that is another one: images are read for it.
    ///   - cacheBytes: The size of the cache of decoded images in bytes.
    public init(
        dataset: DetectionDataset, inputSize: InputExtent, mean: [Float], standardDeviation: [Float],
        augmentation: AugmentationConfiguration, targets: TargetOptions = TargetOptions(), seed: UInt64,
        epochs: Int? = nil, largestInput: InputExtent? = nil, cacheBytes: Int = 0
    ) {
        self.dataset = dataset
        self.inputSize = inputSize
        self.mean = mean
        self.standardDeviation = standardDeviation
        transforms = augmentation.transforms
        self.targets = targets
        self.seed = seed
        closingShare = augmentation.closingShare
        closingEpoch = epochs.map { Self.closingEpoch(of: $0, share: augmentation.closingShare) } ?? .max
        objects = ObjectDrawing(
            augmentation.copyPaste > 0 ? dataset.samples : [], classCount: dataset.classNames.count)
        let longerSide = max(inputSize.longerSide, largestInput?.longerSide ?? 0)
        cache = ImageCache(bytes: cacheBytes, longerSide: Double(longerSide) / augmentation.minimumScale)
    }

    private static func closingEpoch(of epochs: Int, share: Double) -> Int {
        Int((Double(epochs) * (1 - share)).rounded(.up))
    }

    /// The same loader, with the same cache, for a run of another length.
    func ending(after epochs: Int) -> SampleLoader {
        var other = self
        other.closingEpoch = Self.closingEpoch(of: epochs, share: closingShare)
        return other
    }

    /// Returns the sample that image `index` makes at `position` of `epoch` (both from 0).
    ///
    /// - Throws: ``ImageError`` when the image cannot be read.
    public func load(_ index: Int, epoch: Int, position: Int) throws(ImageError) -> TrainingSample {
        var input = Tensor(uninitialized: [3, inputSize.rows, inputSize.columns])
        let groundTruth = try input.withMutableView { (view) throws(ImageError) in
            try draw(index, epoch: epoch, position: position, into: view)
        }
        return TrainingSample(
            input: input, targets: groundTruth.targets, objects: groundTruth.objects, view: groundTruth.view,
            file: groundTruth.file)
    }

    /// A sample without its pixels.
    struct Annotations {
        let targets: DetectionTargets
        let objects: [TargetObject]
        let view: AffineMap<ImagePixels, InputPixels>
        let file: URL
    }

    /// Does the same as ``load(_:epoch:position:)``, but writes the pixels to `input`, `[3, row, column]`, whose size may be another.
    func draw(_ index: Int, epoch: Int, position: Int, into input: TensorView) throws(ImageError) -> Annotations {
        let inputSize = InputExtent(rows: input.shape[1], columns: input.shape[2])
        var random = SeededGenerator(seed, epoch, position)
        var draft = try SampleDraft(
            index, inputSize: inputSize, sampleCount: dataset.samples.count, isClosing: epoch >= closingEpoch,
            objects: objects,
            load: { (index) throws(ImageError) in try part(index, inputSize) })
        for transform in transforms { try transform.place(&draft, random: &random) }

        let meanGray = draft.draw(into: input)
        for transform in transforms { transform.retouch(input, meanGray: meanGray, random: &random) }
        var colors = ColorTransform()
        for transform in transforms { transform.recolor(&colors, meanGray: meanGray, random: &random) }
        colors.normalize(mean: mean, deviation: standardDeviation)
        colors.apply(to: input)

        let objects = draft.parts.flatMap { $0.targetObjects(inputSize: inputSize, skeleton: dataset.skeleton) }
        return Annotations(
            targets: .render(
                objects, classCount: dataset.classNames.count, objectKind: dataset.objectKind,
                keypointCount: dataset.skeleton?.keypointCount ?? 0, rows: inputSize.rows / outputStride,
                columns: inputSize.columns / outputStride, options: targets),
            objects: objects, view: draft.parts[0].view.map(inputSize: inputSize), file: draft.parts[0].file)
    }

    /// An image of the training set, whole and in the whole input.
    private func part(_ index: Int, _ inputSize: InputExtent) throws(ImageError) -> SampleDraft.Part {
        let sample = dataset.samples[index]
        let image = try cache.image(index, file: sample.imageURL)
        return SampleDraft.Part(
            image: image, objects: sample.objects, file: sample.imageURL,
            view: SampleView(ofImage: image.width, image.height, in: inputSize), region: .whole(inputSize))
    }

    /// Returns a sample's input as an image for display: normalization is undone, augmentation is kept.
    public func visible(_ input: Tensor) -> Image {
        let (rows, columns) = (input.shape[1], input.shape[2])
        let area = rows * columns
        var pixels = [UInt8](repeating: 0, count: 3 * area)
        input.withElements { values in
            for channel in 0..<3 {
                for index in 0..<area {
                    let value = values[channel * area + index] * standardDeviation[channel] + mean[channel]
                    pixels[3 * index + channel] = UInt8(max(0, min(255, (value * 255).rounded())))
                }
            }
        }
        return Image(width: columns, height: rows, pixels: pixels)
    }
}
