import Foundation

/// How a network is quantized.
public struct QuantizationOptions: Sendable, Equatable {
    /// How ranges are chosen.
    public var method = CalibrationMethod.percentile(99.999)
    /// How many bits a weight has, 8 or 7: see ``ProcessorFeatures/addsByteProductsExactly``.
    public var weightBits = ProcessorFeatures.addsByteProductsExactly ? 8 : 7
    /// How many images ranges are chosen by.
    public var imageCount = 64
    /// By how many of them the error of each layer is measured.
    public var sensitivityImageCount = 8
    /// How much average precision at an overlap of one half may be lost.
    public var tolerance = 0.005
    /// Layers that stay as they are, whatever is measured: patterns as in ``Graphs/Graph/nodes(matching:)``.
    public var kept: [String] = []

    /// The usual way.
    public init() {}
}

/// A network that cannot be quantized.
public enum QuantizationError: Error, Equatable, CustomStringConvertible {
    /// No image could be read.
    case noImages(reason: String)
    /// A value that is infinite or no number.
    case notFinite(layer: String)
    /// A pattern for layers that stay as they are means none that could become integers.
    case nothingKept(String)
    /// More is lost than may be, however few layers compute with integers.
    case tooMuchLost(least: Double, tolerance: Double)
    /// It has no convolution that could multiply integers.
    case noLayers

    /// A sentence for the terminal.
    public var description: String {
        switch self {
        case .noImages(let reason): "none of the images to calibrate on can be read: \(reason)"
        case .notFinite(let layer):
            "'\(layer)' computes what is no finite number; these weights came from a training that went wrong"
        case .nothingKept(let pattern):
            "no layer that could become integers is called '\(pattern)'; `pinpoint layers --model` lists convolutions"
        case .tooMuchLost(let least, let tolerance):
            "however few layers compute with integers, AP50 falls by \(String(format: "%.4f", least)) or more, and "
                + "\(tolerance) is allowed; nothing was written (--tolerance allows more, --calibration and --images "
                + "choose other ranges)"
        case .noLayers: "the network has no convolution that could multiply integers"
        }
    }
}
