import Graphs
import Tensors

/// One extent of a new shape.
public enum ReshapeExtent: Hashable, Sendable {
    /// The input's extent at the same position; ONNX's 0.
    case same
    /// The extent that makes the element count fit; ONNX's -1.
    case inferred
    /// A fixed extent.
    case fixed(Int)
}

/// Changes the shape and keeps the elements in order; ONNX `Reshape`, `Flatten`, `Squeeze` and `Unsqueeze`.
public struct Reshape: Operator, Hashable {
    /// The ONNX name of the general case.
    public static let kind = "Reshape"

    /// The ONNX name of this operator.
    public let kind: String
    /// The new shape; at most one extent is inferred.
    public let extents: [ReshapeExtent]

    /// Creates a reshape with its ONNX name.
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
                guard inferred == nil else { throw ShapeError("the new shape for \(input) has two inferred extents") }
                inferred = axis
                shape.append(1)
            case .fixed(let extent):
                guard extent >= 0 else { throw ShapeError("\(extent) is not a valid extent") }
                shape.append(extent)
            }
            known = try Extents.product(known, shape[axis])
        }
        let count = input.reduce(1, *)
        if let inferred {
            guard known > 0, count % known == 0 else {
                throw ShapeError("the \(count) elements of \(input) are not divisible by \(known)")
            }
            shape[inferred] = count / known
        } else if known != count {
            throw ShapeError("\(input) with \(count) elements does not fill the shape \(shape)")
        }
        return shape
    }

    /// Copies all elements.
    public func forward(_ call: ForwardCall) {
        let (input, output) = (call.inputs[0].pointer, call.output.pointer)
        Parallel.forRanges(call.output.count) { range in
            (output + range.lowerBound).update(from: input + range.lowerBound, count: range.count)
        }
    }

    /// The input gets the gradient unchanged.
    public func backward(_ call: BackwardCall) {
        guard let gradient = call.inputGradients[0]?.pointer else { return }
        let slope = call.outputGradient.pointer
        Parallel.forRanges(call.outputGradient.count) { range in
            Planes.add(slope + range.lowerBound, to: gradient + range.lowerBound, count: range.count)
        }
    }
}
