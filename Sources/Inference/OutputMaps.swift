import PeakDecoding
import Tensors

/// The network's three maps for a batch, the heatmap as probabilities.
struct OutputMaps {
    /// `[batch, class, row, column]`, in `0...1`.
    var probabilities: Tensor
    /// `[batch, 2, row, column]`: width and height in cells.
    var size: Tensor
    /// `[batch, 2, row, column]`: where in its cell a centre lies.
    let offset: Tensor

    /// - Throws: ``PredictorError/missingOutput(_:)``.
    init(_ outputs: [String: Tensor]) throws(PredictorError) {
        func output(_ name: String) throws(PredictorError) -> Tensor {
            guard let tensor = outputs[name] else { throw .missingOutput(name) }
            return tensor
        }
        probabilities = sigmoid(try output("heatmap"))
        size = try output("size")
        offset = try output("offset")
    }

    /// Averages heatmap and size with those of the mirrored batch, as CenterNet's flip test does. The offset stays: it would
    /// have to be turned round, and is right for the unmirrored grid alone.
    mutating func average(withMirrored other: OutputMaps) {
        probabilities = probabilities.mean(with: other.probabilities.mirrored)
        size = size.mean(with: other.size.mirrored)
    }
}

extension Tensor {
    fileprivate func mean(with other: Tensor) -> Tensor {
        var result = self
        result.withMutableElements { elements in
            other.withElements { others in
                for index in elements.indices { elements[index] = (elements[index] + others[index]) / 2 }
            }
        }
        return result
    }
}
