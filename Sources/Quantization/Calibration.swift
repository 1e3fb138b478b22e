import Foundation
import Graphs
import Images
import Inference
import Networks
import Tensors

/// The distributions of a network's values on some images, in memory that does not grow with the number of images.
public struct Calibration: Sendable {
    /// The histogram of each value, by the name of the node that computes it.
    public let histograms: [String: ValueHistogram]

    /// Processes every image twice: first for minimum and maximum, then for the distribution.
    ///
    /// - Parameters:
    ///   - names: The names of the values.
    ///   - inputs: Returns the network's input for an image; called twice for each image.
    ///   - progress: Called after each image with the numbers of finished and total passes over images.
    /// - Throws: ``QuantizationError/notFinite(layer:)``, and errors of the network or `inputs`.
    public init(
        of model: Model, values names: Set<String>, backend: any Backend, imageCount: Int,
        inputs: (Int) throws -> Tensor, progress: (_ finished: Int, _ count: Int) throws -> Void = { _, _ in }
    ) throws {
        let reader = try ValueReader(of: model, values: names.sorted(), backend: backend)
        var ranges: [String: ClosedRange<Float>] = [:]
        for image in 0..<imageCount {
            for (name, tensor) in try reader.values(inputs(image)) {
                let (least, greatest) = tensor.withElements { $0.extremes }
                guard least.isFinite, greatest.isFinite else { throw QuantizationError.notFinite(layer: name) }
                let known = ranges[name] ?? least...greatest
                ranges[name] = min(known.lowerBound, least)...max(known.upperBound, greatest)
            }
            try progress(image + 1, 2 * imageCount)
        }
        var histograms = ranges.mapValues { ValueHistogram($0) }
        for image in 0..<imageCount {
            for (name, tensor) in try reader.values(inputs(image)) {
                tensor.withElements { histograms[name]?.add($0) }
            }
            try progress(imageCount + image + 1, 2 * imageCount)
        }
        self.histograms = histograms
    }

    /// Returns the scales of all values, with ranges chosen by one method.
    public func scales(_ method: CalibrationMethod) -> [String: ActivationScale] {
        histograms.mapValues { ActivationScale(covering: method.range(of: $0)) }
    }
}

extension UnsafeBufferPointer<Float> {
    /// The minimum and the maximum; NaN if any element is not finite.
    fileprivate var extremes: (least: Float, greatest: Float) {
        var (least, greatest, sum) = (Float.infinity, -Float.infinity, Float(0))
        for number in self {
            least = number < least ? number : least
            greatest = number > greatest ? number : greatest
            sum += number * 0
        }
        return sum.isNaN ? (.nan, .nan) : (least, greatest)
    }
}
