import Foundation
import Graphs
import Images
import Inference
import Networks
import Tensors

/// What a network's values are on some images: where their numbers lie, in memory that does not grow with the images.
public struct Calibration: Sendable {
    /// The histogram of each value, by the name of the node that computes it.
    public let histograms: [String: ValueHistogram]

    /// Looks at every image twice: at the least and greatest numbers first, at how they are distributed then.
    ///
    /// - Parameters:
    ///   - names: The values.
    ///   - inputs: The images, ready for the network, one after the other; called twice with each place.
    ///   - progress: Called after each image with how many looks are done, and how many there are.
    /// - Throws: ``QuantizationError/notFinite(layer:)``, and what the network or `inputs` throws.
    public init(
        of model: Model, values names: Set<String>, backend: any Backend, imageCount: Int,
        inputs: (Int) throws -> Tensor, progress: (_ finished: Int, _ count: Int) throws -> Void = { _, _ in }
    ) throws {
        let names = names.sorted()
        let graph = try model.graph.part(to: names)
        var programs: [[Int]: any Program] = [:]
        func values(of image: Int) throws -> [String: Tensor] {
            let input = try inputs(image)
            let program =
                try programs[input.shape]
                ?? backend.compile(
                    graph, parameters: model.parameters, inputs: ["image": input.shape], mode: .inference,
                    taps: .everything)
            programs[input.shape] = program
            return try program.forward(["image": input])
        }

        var ranges: [String: ClosedRange<Float>] = [:]
        for image in 0..<imageCount {
            for (name, tensor) in try values(of: image) {
                let (least, greatest) = tensor.withElements { $0.extremes }
                guard least.isFinite, greatest.isFinite else { throw QuantizationError.notFinite(layer: name) }
                let known = ranges[name] ?? least...greatest
                ranges[name] = min(known.lowerBound, least)...max(known.upperBound, greatest)
            }
            try progress(image + 1, 2 * imageCount)
        }
        var histograms = ranges.mapValues { ValueHistogram($0) }
        for image in 0..<imageCount {
            for (name, tensor) in try values(of: image) {
                tensor.withElements { histograms[name]?.add($0) }
            }
            try progress(imageCount + image + 1, 2 * imageCount)
        }
        self.histograms = histograms
    }

    /// The scales of all values, their ranges chosen in one way.
    public func scales(_ method: CalibrationMethod) -> [String: ActivationScale] {
        histograms.mapValues { ActivationScale(covering: method.range(of: $0)) }
    }
}

extension UnsafeBufferPointer<Float> {
    /// The least and the greatest number; NaN where one is none.
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
