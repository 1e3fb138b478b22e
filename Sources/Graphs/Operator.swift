import Tensors

/// What a node computes: one output from its inputs and parameters, and the gradients of that.
///
/// An operator is a value: its attributes and nothing else. Numbers live in the program that runs it. The reference
/// implementation below is the definition; a faster backend has kernels of its own for the operators it knows and must
/// agree with this one.
public protocol Operator: Sendable {
    /// The operator's name as ONNX spells it, where ONNX has it: `Conv`, `BatchNormalization`, ….
    static var kind: String { get }

    /// What this one does, as ONNX spells it, where one type serves several of ONNX's operators; otherwise the type's ``kind-swift.type.property``.
    var kind: String { get }

    /// How many inputs it takes.
    var inputCount: ClosedRange<Int> { get }

    /// The parameters it needs, in the order in which kernels receive them.
    var parameters: [ParameterDeclaration] { get }

    /// The output's shape for inputs of these shapes.
    ///
    /// - Throws: ``ShapeError`` with a sentence that holds the offending extents.
    func outputShape(_ inputs: [[Int]]) throws(ShapeError) -> [Int]

    /// How many floats `forward` leaves for `backward` (batch statistics, winners of a maximum); zero for most.
    func savedCount(inputs: [[Int]], output: [Int]) -> Int

    /// How many floats of scratch memory either pass needs; what is in it does not outlive the call.
    func scratchCount(inputs: [[Int]], output: [Int]) -> Int

    /// Multiplications that are followed by an addition in one forward pass; zero where there is no arithmetic to speak of.
    func multiplyAdds(inputs: [[Int]], output: [Int]) -> Int

    /// What takes its place where training does not change it: the operator itself, unless it tracks statistics, which then stay.
    var frozen: any Operator { get }

    /// Writes `call.output` (every element of it).
    func forward(_ call: ForwardCall)

    /// *Adds* to each gradient that `call` asks for.
    func backward(_ call: BackwardCall)
}

extension Operator {
    /// The type's own.
    public var kind: String { Self.kind }
    /// One input.
    public var inputCount: ClosedRange<Int> { 1...1 }
    /// No parameters.
    public var parameters: [ParameterDeclaration] { [] }
    /// Nothing kept for the gradient.
    public func savedCount(inputs: [[Int]], output: [Int]) -> Int { 0 }
    /// No scratch memory.
    public func scratchCount(inputs: [[Int]], output: [Int]) -> Int { 0 }
    /// Itself.
    public var frozen: any Operator { self }
    /// Not worth counting.
    public func multiplyAdds(inputs: [[Int]], output: [Int]) -> Int { 0 }
}

/// Inputs that an operator cannot take.
public struct ShapeError: Error, Equatable, CustomStringConvertible {
    /// A sentence with the extents that do not fit.
    public let description: String

    /// An error with its sentence.
    public init(_ description: String) { self.description = description }
}

/// Sees to it that a value can be computed with at all.
///
/// - Throws: ``ShapeError`` for negative extents, more than twelve axes, and 2³¹ elements or more.
func requireSize(_ shape: [Int]) throws(ShapeError) {
    guard shape.allSatisfy({ $0 >= 0 }) else { throw ShapeError("\(shape) is no shape") }
    guard shape.count <= 12 else { throw ShapeError("\(shape) has more than 12 axes") }
    // Zeros aside, so that no product on the way is too large either.
    var count = 1
    for extent in shape where extent > 0 {
        let (product, overflow) = count.multipliedReportingOverflow(by: extent)
        guard !overflow, product < 1 << 31 else { throw ShapeError("a value of the shape \(shape) is too large") }
        count = product
    }
}

/// A parameter that an operator needs.
public struct ParameterDeclaration: Hashable, Sendable {
    /// What becomes of a parameter in training.
    public enum Role: Hashable, Sendable {
        /// Learned, with weight decay: kernels of convolutions and linear layers.
        case weight
        /// Learned, without weight decay: biases, scales and shifts of normalizations.
        case bias
        /// Not learned: tracked by the forward pass in training.
        case statistic
    }

    /// How a parameter starts.
    public enum Initializer: Hashable, Sendable {
        /// The same value everywhere.
        case constant(Float)
        /// Normal with mean zero and this standard deviation.
        case normal(standardDeviation: Double)
        /// Uniform in `-bound...bound`.
        case uniform(bound: Double)
        /// For a transposed convolution's weight: what its first output channel (the only one of each group, where there are as many
        /// groups as channels) needs to enlarge bilinearly; the other channels uniform in `-bound...bound`. This is how
        /// CenterNet fills them.
        case bilinear(bound: Double)
    }

    /// The last part of its dotted name, as PyTorch calls it: `weight`, `bias`, `running_mean`, `running_var`.
    public let name: String
    /// PyTorch's shape for it.
    public let shape: [Int]
    /// What becomes of it in training.
    public let role: Role
    /// How it starts.
    public let initializer: Initializer

    /// A declaration from its parts.
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
    /// Running statistics, no gradients, memory reused as soon as it is dead.
    case inference
    /// Running statistics as in inference, but with gradients: what the inspector runs.
    case inspection

    /// Whether normalizations use (and track) the batch's own statistics.
    public var usesBatchStatistics: Bool { self == .training }
    /// Whether `backward` may follow `forward`.
    public var hasGradients: Bool { self != .inference }
}

/// What an operator's forward pass works on.
public struct ForwardCall: @unchecked Sendable {
    /// The inputs' values, to be read.
    public let inputs: [TensorView]
    /// The declared parameters in order; only statistics may be written, and only in training.
    public let parameters: [TensorView]
    /// Where the result goes.
    public let output: TensorView
    /// What `backward` will find again; `savedCount` floats.
    public let saved: TensorView
    /// Scratch memory; `scratchCount` floats.
    public let scratch: TensorView
    /// How statistics are treated.
    public let mode: ProgramMode

    /// A call from its parts.
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

/// What an operator's backward pass works on.
public struct BackwardCall: @unchecked Sendable {
    /// The forward pass it belongs to: same inputs, parameters, output, saved floats, mode.
    public let forward: ForwardCall
    /// The gradient with respect to the output.
    public let outputGradient: TensorView
    /// Where the gradient with respect to each input is added; nil where nobody needs it.
    public let inputGradients: [TensorView?]
    /// Where the gradient with respect to each parameter is added; nil where nobody needs it.
    public let parameterGradients: [TensorView?]

    /// A call from its parts.
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
