import Boxes

/// The options of prediction.
public struct PredictorOptions: Hashable, Sendable {
    /// Whether to use the mirrored image too (test-time augmentation): CenterNet's maps are averaged, the boxes of other networks are
    /// merged by soft non-maximum suppression.
    public var flip = false
    /// Scales to run each image at, as factors of the model's input size; detections of several scales are merged by soft non-maximum
    /// suppression.
    public var scales = [1.0]
    /// Whether each image is seen at its own resolution, padded to the next multiple of the network's deepest stride (CenterNet's
    /// `--keep_res`), instead of at the network's input size; ``scales`` are then factors of the image's size. Images are processed one by
    /// one, and those of more than 4 megapixels are reduced to that.
    public var keepsResolution = false
    /// The maximum number of detections per image; nil for that of the network's kind of objects.
    public var maximumDetections: Int?
    /// The number of images per batch.
    public var batchSize = 8

    /// The defaults: one scale, the model's own input size.
    public init() {}

    /// Returns the maximum number of detections per image: unless it is set, 100 boxes, as in CenterNet, or 1,000 points, since crowds are
    /// annotated as points.
    public func maximumDetections(of kind: ObjectKind) -> Int {
        maximumDetections ?? (kind == .points ? 1000 : 100)
    }

    /// Returns the input sizes of ``scales``: the network's own at scale 1, otherwise multiples of the network's deepest stride.
    func extents(of own: InputExtent, multiple: Int) -> [InputExtent] {
        scales.map { own.scaled(by: $0, multiple: multiple) }
    }

    /// Checks every value.
    ///
    /// - Throws: ``PredictorError/options(_:)`` for the first value that is out of range.
    public func validate() throws(PredictorError) {
        if scales.isEmpty { throw .options("scales must contain at least one factor") }
        for scale in scales where !(0.1...8).contains(scale) {
            throw .options("a scale is \(scale), but must be from 0.1 to 8")
        }
        if let maximumDetections, !(1...10_000).contains(maximumDetections) {
            throw .options("maximumDetections is \(maximumDetections), but must be from 1 to 10000")
        }
        if !(1...1024).contains(batchSize) {
            throw .options("the batch size is \(batchSize), but must be from 1 to 1024")
        }
    }
}

/// An error that prevents prediction.
public enum PredictorError: Error, Equatable, CustomStringConvertible {
    /// An option is invalid, as a sentence.
    case options(String)
    /// The network has no output of this name.
    case missingOutput(String)

    /// The error message.
    public var description: String {
        switch self {
        case .options(let sentence): sentence
        case .missingOutput(let name): "the network has no output called '\(name)', so it is not a detector"
        }
    }
}
