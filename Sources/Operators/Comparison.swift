import Graphs
import Tensors

/// Whether something holds between two values, element by element: 1 where it does, 0 where it does not. Shapes broadcast as NumPy's.
///
/// A boolean is a number here: everything but 0 is true. No gradient passes.
public struct Comparison: Operator, Hashable {
    /// What is asked.
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
        /// Whether both are true; ONNX `And`.
        case and
        /// Whether one or both are true; ONNX `Or`.
        case or
        /// Whether just one is true; ONNX `Xor`.
        case xor
    }

    /// One name for all; ``kind-swift.property`` is ONNX's.
    public static let kind = "Comparison"

    /// What is asked.
    public let relation: Relation

    /// The operator.
    public init(_ relation: Relation) { self.relation = relation }

    /// ONNX's name.
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

    /// Two.
    public var inputCount: ClosedRange<Int> { 2...2 }

    /// The shape that both broadcast to.
    public func outputShape(_ inputs: [[Int]]) throws(ShapeError) -> [Int] { try Broadcasting.shape(inputs) }

    /// The relation.
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

    /// Nothing: between steps the slope is zero.
    public func backward(_ call: BackwardCall) {}
}
