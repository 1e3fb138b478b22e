import Graphs
import Tensors

/// Numbers that do not depend on any input; ONNX `Constant`.
public struct Constant: Operator, Hashable {
    /// ONNX's name.
    public static let kind = "Constant"

    /// The extents of the numbers; none for a single one.
    public let shape: [Int]

    /// A constant; its numbers are the parameter `value`, which is not learned.
    public init(shape: [Int]) { self.shape = shape }

    /// None.
    public var inputCount: ClosedRange<Int> { 0...0 }

    /// `value`.
    public var parameters: [ParameterDeclaration] { [ParameterDeclaration("value", shape, .statistic, .constant(0))] }

    /// The shape of the numbers.
    public func outputShape(_ inputs: [[Int]]) throws(ShapeError) -> [Int] { shape }

    /// Copies the numbers.
    public func forward(_ call: ForwardCall) {
        call.output.pointer.update(from: call.parameters[0].pointer, count: call.output.count)
    }

    /// The numbers' gradient, where somebody wants it, is the slope.
    public func backward(_ call: BackwardCall) {
        guard let gradient = call.parameterGradients[0] else { return }
        Planes.add(call.outputGradient.pointer, to: gradient.pointer, count: gradient.count)
    }
}
