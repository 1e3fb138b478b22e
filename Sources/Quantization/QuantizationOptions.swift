import Foundation

/// The options of quantization.
public struct QuantizationOptions: Sendable, Equatable {
    /// The method of choosing the ranges of quantized values.
    public var method = CalibrationMethod.percentile(99.999)
    /// The number of bits of weights, 8 or 7: see ``ProcessorFeatures/addsByteProductsExactly``.
    public var weightBits = ProcessorFeatures.addsByteProductsExactly ? 8 : 7
    /// The number of images for calibration.
    public var imageCount = 64
    /// The number of these images on which the error of each layer is measured.
    public var sensitivityImageCount = 8
    /// The maximum loss of average precision at an IoU of 0.5 (AP50).
    public var tolerance = 0.005
    /// Layers that are not quantized: patterns as in ``Graphs/Graph/nodes(matching:)``.
    public var kept: [String] = []

    /// The defaults.
    public init() {}
}

/// The reason why a network cannot be quantized.
public enum QuantizationError: Error, Equatable, CustomStringConvertible {
    /// No image could be read.
    case noImages(reason: String)
    /// A layer computes values that are NaN or infinite.
    case notFinite(layer: String)
    /// A pattern of layers to keep matches no layer that could be quantized.
    case nothingKept(String)
    /// The loss exceeds the tolerance even with the fewest quantized layers.
    case tooMuchLost(least: Double, tolerance: Double)
    /// The network has no convolution that can be quantized.
    case noLayers

    /// The error message.
    public var description: String {
        switch self {
        case .noImages(let reason): "none of the images to calibrate on can be read: \(reason)"
        case .notFinite(let layer):
            "'\(layer)' computes values that are not finite; these weights come from a training run that went wrong"
        case .nothingKept(let pattern):
            "no layer that can be quantized is called '\(pattern)'; `pinpoint layers --model` lists convolutions"
        case .tooMuchLost(let least, let tolerance):
            "even with the fewest quantized layers, AP50 drops by \(String(format: "%.4f", least)) or more, but only "
                + "\(tolerance) is allowed; nothing was written (--tolerance allows a larger drop, --calibration and --images "
                + "change the ranges)"
        case .noLayers: "the network has no convolution that can be quantized"
        }
    }
}
