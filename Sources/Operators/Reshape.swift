import Graphs
import Tensors

/// One extent of a new shape.
public enum ReshapeExtent: Hashable, Sendable {
    /// The input's extent at the same position; ONNX's 0.
    case same
    /// Whatever takes all elements; ONNX's -1.
    case inferred
    /// This many.
    case fixed(Int)
}

/// The same numbers in the same order under another shape; ONNX `Reshape`, `Flatten`, `Squeeze` and `Unsqueeze`.
public struct Reshape: Operator, Hashable {
    /// ONNX's name for the general case.
    public static let kind = "Reshape"

    /// ONNX's name for this one.
    public let kind: String
    /// The new shape; at most one extent is inferred.
    public let extents: [ReshapeExtent]

    /// A change of shape, under the name that ONNX has for it.
    public init(_ extents: [ReshapeExtent], kind: String = "Reshape") {
        self.extents = extents
        self.kind = kind
    }

    /// The new shape.
    public func outputShape(_ inputs: [[Int]]) throws(ShapeError) -> [Int] {
        let input = inputs[0]
        var shape: [Int] = []
        var known = 1
        var inferred: Int?
        for (axis, extent) in extents.enumerated() {
            switch extent {
            case .same:
                guard axis < input.count else { throw ShapeError("\(input) has no axis \(axis) to keep") }
                shape.append(input[axis])
            case .inferred:
                guard inferred == nil else { throw ShapeError("a new shape for \(input) leaves two extents open") }
                inferred = axis
                shape.append(1)
            case .fixed(let extent):
                guard extent >= 0 else { throw ShapeError("\(extent) is no extent") }
                shape.append(extent)
            }
            known = try Extents.product(known, shape[axis])
        }
        let count = input.reduce(1, *)
        if let inferred {
            guard known > 0, count % known == 0 else {
                throw ShapeError("\(count) elements of \(input) do not fill rows of \(known)")
            }
            shape[inferred] = count / known
        } else if known != count {
            throw ShapeError("\(input) with \(count) elements does not fill the shape \(shape)")
        }
        return shape
    }

    /// Copies everything.
    public func forward(_ call: ForwardCall) {
        let (input, output) = (call.inputs[0].pointer, call.output.pointer)
        Parallel.forRanges(call.output.count) { range in
            (output + range.lowerBound).update(from: input + range.lowerBound, count: range.count)
        }
    }

    /// The slope is the gradient.
    public func backward(_ call: BackwardCall) {
        guard let gradient = call.inputGradients[0]?.pointer else { return }
        let slope = call.outputGradient.pointer
        Parallel.forRanges(call.outputGradient.count) { range in
            Planes.add(slope + range.lowerBound, to: gradient + range.lowerBound, count: range.count)
        }
    }
}
