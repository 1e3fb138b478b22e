import DetectionHeads
import Foundation
import Graphs
import Inference
import Networks
import PeakDecoding
import Tensors

/// The change of a network's outputs when only one of its layers is quantized.
public struct LayerError: Sendable, Equatable {
    /// The convolution's name.
    public let layer: String
    /// The root mean square difference of an output, relative to the root mean square of the output, averaged over all outputs; heatmaps
    /// are compared as probabilities.
    public let error: Double
}

/// The outputs of a network for some images, as a reference for other networks.
struct ReferenceAnswers {
    private let inputs: [Tensor]
    private let answers: [[String: Tensor]]
    private let outputs: [String]
    private let backend: any Backend

    init(of model: Model, to inputs: [Tensor], backend: any Backend) throws {
        self.inputs = inputs
        self.backend = backend
        outputs = Detector(model).decoder.outputs
        answers = try Self.answers(of: model, to: inputs, outputs: outputs, backend: backend)
    }

    /// Returns the error of another network's outputs; see ``LayerError/error``.
    func error(of model: Model) throws -> Double {
        let others = try Self.answers(of: model, to: inputs, outputs: outputs, backend: backend)
        var sum = 0.0
        for name in outputs {
            var (difference, own) = (0.0, 0.0)
            for (answer, other) in zip(answers, others) {
                guard let answer = answer[name], let other = other[name] else { continue }
                answer.withElements { answer in
                    other.withElements { other in
                        for (a, b) in zip(answer, other) {
                            difference += Double((a - b) * (a - b))
                            own += Double(a * a)
                        }
                    }
                }
            }
            sum += own > 0 ? (difference / own).squareRoot() : 0
        }
        return sum / Double(max(1, outputs.count))
    }

    private static func answers(
        of model: Model, to inputs: [Tensor], outputs: [String], backend: any Backend
    ) throws -> [[String: Tensor]] {
        let reader = try ValueReader(of: model, values: outputs, backend: backend)
        return try inputs.map { input in
            var answer = try reader.values(input)
            for head in DetectionHead.all where head.activation == .sigmoid {
                if let logits = answer[head.name] { answer[head.name] = sigmoid(logits) }
            }
            return answer
        }
    }
}
