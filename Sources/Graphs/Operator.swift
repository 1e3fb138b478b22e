import Tensors

/// The computation of a node: one output from its inputs and parameters, and the gradients.
///
/// An operator is a value that consists of its attributes; tensors live in the program that runs it. The reference implementation is the
/// definition; a faster backend has its own kernels for the operators it knows, which must agree with it.
public protocol Operator: Sendable {
    /// The operator's name as ONNX spells it, where ONNX has it: `Conv`, `BatchNormalization`, ….
    static var kind: String { get }

    /// The name of this instance's operation, as ONNX spells it, where one type implements several ONNX operators; otherwise the type's
    /// ``kind-swift.type.property``.
    var kind: String { get }

    /// The number of inputs.
    var inputCount: ClosedRange<Int> { get }

    /// The parameters, in the order in which kernels receive them.
    var parameters: [ParameterDeclaration] { get }

    /// Returns the output's shape for inputs of these shapes.
    ///
    /// - Throws: ``ShapeError`` with a message that includes the offending shapes.
    func outputShape(_ inputs: [[Int]]) throws(ShapeError) -> [Int]

    /// Returns how many floats `forward` keeps for `backward` (batch statistics, positions of maxima); zero for most operators.
    func savedCount(inputs: [[Int]], output: [Int]) -> Int

    /// Returns how many floats of scratch memory either pass needs; the content is lost after the call.
    func scratchCount(inputs: [[Int]], output: [Int]) -> Int

    /// Returns the number of multiply-adds in one forward pass; zero where the arithmetic is negligible.
    func multiplyAdds(inputs: [[Int]], output: [Int]) -> Int

    /// The operator that replaces it in frozen nodes: the operator itself, unless it tracks statistics, which then stay fixed.
    var frozen: any Operator { get }

    /// Writes all elements of `call.output`.
    func forward(_ call: ForwardCall)

    /// *Adds* to each requested gradient in `call`.
    func backward(_ call: BackwardCall)
}

extension Operator {
    /// The type's kind.
    public var kind: String { Self.kind }
    /// One input.
    public var inputCount: ClosedRange<Int> { 1...1 }
    /// No parameters.
    public var parameters: [ParameterDeclaration] { [] }
    /// Keeps nothing for the gradient.
    public func savedCount(inputs: [[Int]], output: [Int]) -> Int { 0 }
    /// No scratch memory.
    public func scratchCount(inputs: [[Int]], output: [Int]) -> Int { 0 }
    /// The operator itself.
    public var frozen: any Operator { self }
    /// Zero: negligible.
    public func multiplyAdds(inputs: [[Int]], output: [Int]) -> Int { 0 }
}

/// Inputs of unsupported shapes.
public struct ShapeError: Error, Equatable, CustomStringConvertible {
    /// A message with the shapes that do not fit.
    public let description: String

    /// Creates an error with its message.
    public init(_ description: String) { self.description = description }
}

/// Checks that a value's size is supported.
///
/// - Throws: ``ShapeError`` for negative extents, more than twelve axes, and 2³¹ elements or more.
func requireSize(_ shape: [Int]) throws(ShapeError) {
    guard shape.allSatisfy({ $0 >= 0 }) else { throw ShapeError("\(shape) is not a valid shape") }
    guard shape.count <= 12 else { throw ShapeError("\(shape) has more than 12 axes") }
    // Zeros are skipped, so that no intermediate product overflows either.
    var count = 1
    for extent in shape where extent > 0 {
        let (product, overflow) = count.multipliedReportingOverflow(by: extent)
        guard !overflow, product < 1 << 31 else { throw ShapeError("a value of the shape \(shape) is too large") }
        count = product
    }
}

/// The declaration of an operator's parameter.
public struct ParameterDeclaration: Hashable, Sendable {
    /// The treatment of a parameter in training.
    public enum Role: Hashable, Sendable {
        /// Learned, with weight decay: kernels of convolutions and linear layers.
        case weight
        /// Learned, without weight decay: biases, scales and shifts of normalizations.
        case bias
        /// Not learned: tracked by the forward pass in training.
        case statistic
    }

    /// The initial value of a parameter.
    public enum Initializer: Hashable, Sendable {
        /// The same value everywhere.
        case constant(Float)
        /// Normal with mean zero and this standard deviation.
        case normal(standardDeviation: Double)
        /// Uniform in `-bound...bound`.
        case uniform(bound: Double)
        /// For a transposed convolution's weight: bilinear upsampling in its first output channel (the only one of each group if there are
        /// as many groups as channels); the other channels are uniform in `-bound...bound`. CenterNet uses this initialization.
        case bilinear(bound: Double)
    }

    /// The last part of its dotted name, as PyTorch calls it: `weight`, `bias`, `running_mean`, `running_var`.
    public let name: String
    /// The shape, as in PyTorch.
    public let shape: [Int]
    /// The treatment in training.
    public let role: Role
    /// The initial value.
    public let initializer: Initializer

    /// Creates a declaration from its parts.
    public init(_ name: String, _ shape: [Int], _ role: Role, _ initializer: Initializer) {
        self.name = name
        self.shape = shape
        self.role = role
        self.initializer = initializer
    }
}

/// How a program treats statistics and gradients.
public enum ProgramMode: String, Hashable, Sendable, CaseIterable {
    /// Batch statistics, running statistics updated, gradients available.
    case training
    /// Running statistics, no gradients, memory reused as soon as its value is no longer needed.
    case inference
    /// Running statistics as in inference, but with gradients; used by the inspector.
    case inspection

    /// Whether normalizations use (and track) the batch's own statistics.
    public var usesBatchStatistics: Bool { self == .training }
    /// Whether `backward` may follow `forward`.
    public var hasGradients: Bool { self != .inference }
}

/// The arguments of an operator's forward pass.
public struct ForwardCall: @unchecked Sendable {
    /// The inputs' values (read-only).
    public let inputs: [TensorView]
    /// The declared parameters, in order; only statistics may be written, and only in training.
    public let parameters: [TensorView]
    /// The output, to be written.
    public let output: TensorView
    /// Data kept for `backward`; `savedCount` floats.
    public let saved: TensorView
    /// Scratch memory; `scratchCount` floats.
    public let scratch: TensorView
    /// The program's mode, which decides how statistics are treated.
    public let mode: ProgramMode

    /// Creates a call from its parts.
    public init(
        inputs: [TensorView], parameters: [TensorView], output: TensorView, saved: TensorView, scratch: TensorView,
        mode: ProgramMode
    ) {
        self.inputs = inputs
        self.parameters = parameters
        self.output = output
        self.saved = saved
        self.scratch = scratch
        self.mode = mode
    }
}

/// The arguments of an operator's backward pass.
public struct BackwardCall: @unchecked Sendable {
    /// The matching forward pass: same inputs, parameters, output, saved floats and mode.
    public let forward: ForwardCall
    /// The gradient with respect to the output.
    public let outputGradient: TensorView
    /// The gradient with respect to each input, to be added to; nil where not needed.
    public let inputGradients: [TensorView?]
    /// The gradient with respect to each parameter, to be added to; nil where not needed.
    public let parameterGradients: [TensorView?]

    /// Creates a call from its parts.
    public init(
        forward: ForwardCall, outputGradient: TensorView, inputGradients: [TensorView?],
        parameterGradients: [TensorView?]
    ) {
        self.forward = forward
        self.outputGradient = outputGradient
        self.inputGradients = inputGradients
        self.parameterGradients = parameterGradients
    }
}
