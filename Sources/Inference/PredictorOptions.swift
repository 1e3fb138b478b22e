import Boxes

/// How a predictor looks at an image.
public struct PredictorOptions: Hashable, Sendable {
    /// Whether the mirrored image is looked at, too: CenterNet's maps are averaged, other networks' boxes merged by soft suppression.
    public var flip = false
    /// Factors of the model's input size at which the image is looked at; several are merged by soft suppression.
    public var scales = [1.0]
    /// The most detections an image.
    public var maximumDetections = 100
    /// How many images go through the network at once.
    public var batchSize = 8

    /// One look at the model's own size.
    public init() {}

    /// The input extents of ``scales``: but for the network's own, whole multiples of the network's deepest stride.
    func extents(of own: InputExtent, multiple: Int) -> [InputExtent] {
        scales.map { scale in
            func side(_ own: Int) -> Int {
                max(multiple, Int((Double(own) * scale / Double(multiple)).rounded()) * multiple)
            }
            return scale == 1 ? own : InputExtent(rows: side(own.rows), columns: side(own.columns))
        }
    }

    /// Checks every value.
    ///
    /// - Throws: ``PredictorError/options(_:)`` with a sentence.
    public func validate() throws(PredictorError) {
        if scales.isEmpty { throw .options("scales must hold at least one factor") }
        for scale in scales where !(0.1...8).contains(scale) {
            throw .options("a scale of \(scale) is not from 0.1 to 8")
        }
        if !(1...10_000).contains(maximumDetections) {
            throw .options("maximumDetections is \(maximumDetections), but must be from 1 to 10000")
        }
        if !(1...1024).contains(batchSize) {
            throw .options("the batch size is \(batchSize), but must be from 1 to 1024")
        }
    }
}

/// What can keep a predictor from predicting.
public enum PredictorError: Error, Equatable, CustomStringConvertible {
    /// An option is out of range; a sentence.
    case options(String)
    /// The network has no output of this name.
    case missingOutput(String)

    /// A sentence for the terminal.
    public var description: String {
        switch self {
        case .options(let sentence): sentence
        case .missingOutput(let name): "the network has no output called '\(name)', so it is not a detector"
        }
    }
}
