import Boxes
import Datasets
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
    /// The map from image pixels to input pixels.
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
    /// The side of the network's input in pixels.
    public let inputSize: Int
    /// The mean colour that is subtracted from inputs, and the standard deviation that they are divided by.
    public let mean, standardDeviation: [Float]
    private let augmentation: Augmentation
    private let targets: TargetOptions
    private let seed: UInt64
    private let cache: ImageCache

    /// Creates a loader.
    ///
    /// - Parameter cacheBytes: The size of the cache of decoded images in bytes.
    public init(
        dataset: DetectionDataset, inputSize: Int, mean: [Float], standardDeviation: [Float],
        augmentation: AugmentationConfiguration, targets: TargetOptions = TargetOptions(), seed: UInt64,
        cacheBytes: Int = 0
    ) {
        self.dataset = dataset
        self.inputSize = inputSize
        self.mean = mean
        self.standardDeviation = standardDeviation
        self.augmentation = Augmentation(augmentation)
        self.targets = targets
        self.seed = seed
        cache = ImageCache(bytes: cacheBytes, longerSide: Double(inputSize) / augmentation.minimumScale)
    }

    /// Returns the sample that image `index` makes at `position` of `epoch` (both from 0).
    ///
    /// - Throws: ``ImageError`` when the image cannot be read.
    public func load(_ index: Int, epoch: Int, position: Int) throws(ImageError) -> TrainingSample {
        var input = Tensor(uninitialized: [3, inputSize, inputSize])
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

    /// Does the same as ``load(_:epoch:position:)``, but writes the pixels to `input`, `[3, row, column]`.
    func draw(_ index: Int, epoch: Int, position: Int, into input: TensorView) throws(ImageError) -> Annotations {
        let sample = dataset.samples[index]
        let image = try cache.image(index, file: sample.imageURL)
        var random = SeededGenerator(seed, epoch, position)
        let view = augmentation.view(
            width: image.width, height: image.height, inputSize: inputSize, random: &random)
        let meanColor = image.draw(view, into: input)
        var colors = augmentation.colors(
            meanGray: (meanColor * ColorTransform.grayWeights).sum(), random: &random)
        colors.normalize(mean: mean, deviation: standardDeviation)
        colors.apply(to: input)
        let objects = Self.targetObjects(sample.objects, skeleton: dataset.skeleton, view: view)
        let side = inputSize / outputStride
        return Annotations(
            targets: .render(
                objects, classCount: dataset.classNames.count, keypointCount: dataset.skeleton?.keypointCount ?? 0,
                rows: side,
                columns: side, options: targets),
            objects: objects, view: view, file: sample.imageURL)
    }

    /// Converts annotated objects to output cells. Difficult objects are learned, as in CenterNet, unless the data set's source says
    /// otherwise; crowds are not.
    ///
    /// In a mirrored view, left and right keypoints are swapped.
    static func targetObjects(
        _ objects: [AnnotatedObject], skeleton: Skeleton?, view: AffineMap<ImagePixels, InputPixels>
    ) -> [TargetObject] {
        let cells = view.followed(by: .outputStride(outputStride))
        let order = view.isMirrored ? skeleton?.mirrored : nil
        return objects.map { object in
            var keypoints = object.keypoints.map { $0.mapped(by: cells) }
            if let order, !keypoints.isEmpty { keypoints = order.map { keypoints[$0] } }
            return TargetObject(
                classIndex: object.classIndex, box: cells(object.box), keypoints: keypoints, isIgnored: object.isIgnored
            )
        }
    }

    /// Returns a sample's input as an image for display: normalization is undone, augmentation is kept.
    public func visible(_ input: Tensor) -> Image {
        let area = inputSize * inputSize
        var pixels = [UInt8](repeating: 0, count: 3 * area)
        input.withElements { values in
            for channel in 0..<3 {
                for index in 0..<area {
                    let value = values[channel * area + index] * standardDeviation[channel] + mean[channel]
                    pixels[3 * index + channel] = UInt8(max(0, min(255, (value * 255).rounded())))
                }
            }
        }
        return Image(width: inputSize, height: inputSize, pixels: pixels)
    }
}
