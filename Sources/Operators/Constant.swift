import Graphs
import Tensors

/// A constant, independent of any input; ONNX `Constant`.
public struct Constant: Operator, Hashable {
    /// The ONNX name.
    public static let kind = "Constant"

    /// The shape; empty for a scalar.
    public let shape: [Int]

    /// Creates a constant; its values are the parameter `value`, which is not learned.
    public init(shape: [Int]) { self.shape = shape }

    /// No inputs.
    public var inputCount: ClosedRange<Int> { 0...0 }

    /// `value`.
    public var parameters: [ParameterDeclaration] { [ParameterDeclaration("value", shape, .statistic, .constant(0))] }

    /// The shape of the values.
    public func outputShape(_ inputs: [[Int]]) throws(ShapeError) -> [Int] { shape }

    /// Copies the values.
    public func forward(_ call: ForwardCall) {
        call.output.pointer.update(from: call.parameters[0].pointer, count: call.output.count)
    }

    /// The values get the gradient unchanged, if requested.
    public func backward(_ call: BackwardCall) {
        guard let gradient = call.parameterGradients[0] else { return }
        Planes.add(call.outputGradient.pointer, to: gradient.pointer, count: gradient.count)
    }
}
