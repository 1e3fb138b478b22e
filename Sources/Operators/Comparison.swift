import Graphs
import Tensors

/// An element-wise comparison or logical operation: 1 where it holds, 0 where it does not, with NumPy broadcasting.
///
/// Booleans are numbers: everything except 0 is true. There is no gradient.
public struct Comparison: Operator, Hashable {
    /// The relations.
    public enum Relation: Hashable, Sendable, CaseIterable {
        /// ONNX `Equal`.
        case equal
        /// ONNX `Less`.
        case less
        /// ONNX `LessOrEqual`.
        case lessOrEqual
        /// ONNX `Greater`.
        case greater
        /// ONNX `GreaterOrEqual`.
        case greaterOrEqual
        /// Whether both inputs are true; ONNX `And`.
        case and
        /// Whether at least one input is true; ONNX `Or`.
        case or
        /// Whether exactly one input is true; ONNX `Xor`.
        case xor
    }

    /// A common name for all functions; ``kind-swift.property`` is the ONNX name.
    public static let kind = "Comparison"

    /// The relation.
    public let relation: Relation

    /// Creates the operator.
    public init(_ relation: Relation) { self.relation = relation }

    /// The ONNX name.
    public var kind: String {
        switch relation {
        case .equal: "Equal"
        case .less: "Less"
        case .lessOrEqual: "LessOrEqual"
        case .greater: "Greater"
        case .greaterOrEqual: "GreaterOrEqual"
        case .and: "And"
        case .or: "Or"
        case .xor: "Xor"
        }
    }

    /// Two inputs.
    public var inputCount: ClosedRange<Int> { 2...2 }

    /// The broadcast shape of both.
    public func outputShape(_ inputs: [[Int]]) throws(ShapeError) -> [Int] { try Broadcasting.shape(inputs) }

    /// Evaluates the relation.
    public func forward(_ call: ForwardCall) {
        switch relation {
        case .equal: Broadcasting.combine(call) { $0 == $1 ? 1 : 0 }
        case .less: Broadcasting.combine(call) { $0 < $1 ? 1 : 0 }
        case .lessOrEqual: Broadcasting.combine(call) { $0 <= $1 ? 1 : 0 }
        case .greater: Broadcasting.combine(call) { $0 > $1 ? 1 : 0 }
        case .greaterOrEqual: Broadcasting.combine(call) { $0 >= $1 ? 1 : 0 }
        case .and: Broadcasting.combine(call) { $0 != 0 && $1 != 0 ? 1 : 0 }
        case .or: Broadcasting.combine(call) { $0 != 0 || $1 != 0 ? 1 : 0 }
        case .xor: Broadcasting.combine(call) { ($0 != 0) != ($1 != 0) ? 1 : 0 }
        }
    }

    /// Adds nothing: the gradient is zero almost everywhere.
    public func backward(_ call: BackwardCall) {}
}
