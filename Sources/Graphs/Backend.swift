import Tensors

/// Compiles a graph into a program for given shapes.
public protocol Backend: Sendable {
    /// The name by which users select the backend.
    var name: String { get }

    /// A description of the kernels for users: a library, its version, the instruction set.
    var kernels: String { get }

    /// Everything about the backend that affects the last bits of a result; backends with the same identity give the same bits.
    var identity: String { get }

    /// Returns the precision in which the backend's programs of a graph compute.
    ///
    /// - Throws: ``GraphError/precision(_:)`` when the requested precision is not available.
    func precision(of graph: Graph) throws(GraphError) -> Precision

    /// Compiles a program: plans all memory and chooses all algorithms, so that passes allocate nothing for values.
    ///
    /// - Parameters:
    ///   - inputs: The shape of each input of the graph, `[batch, channel, row, column]` for images.
    ///   - parameters: The parameter values and their gradients; the program keeps the store, which may hold more than the graph has.
    ///   - taps: The values and gradients to keep besides the outputs, in inspection.
    /// - Throws: ``GraphError`` when the shapes or the parameters do not fit the graph.
    func compile(
        _ graph: Graph, parameters: ParameterStore, inputs: [String: [Int]], mode: ProgramMode, taps: Taps
    ) throws -> any Program
}

extension Backend {
    /// The name, for backends whose results have only one form.
    public var identity: String { name }

    /// Float32, for backends that support nothing else.
    public func precision(of graph: Graph) -> Precision { .float32 }

    /// Compiles a program with every node tapped where that is possible.
    public func compile(
        _ graph: Graph, parameters: ParameterStore, inputs: [String: [Int]], mode: ProgramMode
    ) throws -> any Program {
        try compile(graph, parameters: parameters, inputs: inputs, mode: mode, taps: .everything)
    }
}

/// A graph compiled for fixed shapes.
public protocol Program: AnyObject {
    /// The shape of each output.
    var outputShapes: [String: [Int]] { get }

    /// Runs the network and returns its outputs as plain row-major tensors.
    ///
    /// - Throws: ``GraphError`` when an input is missing or has another shape than at compilation.
    func forward(_ inputs: [String: Tensor]) throws -> [String: Tensor]

    /// Propagates gradients with respect to the outputs (missing ones count as zero) back through the last forward pass. In training,
    /// parameter gradients replace the store's old ones; in inspection there are none. Read gradients of tapped values with
    /// ``gradient(_:)``. In inspection, `backward` may be called again with other gradients; in training only after another forward pass.
    ///
    /// - Parameter outputGradients: Gradients in the outputs' shapes, in inspection `[seed · batch, …]`: see ``Taps/seedCount``.
    /// - Throws: ``GraphError/noGradients(_:)`` in inference, before any forward pass, or on a second call after one in training.
    func backward(_ outputGradients: [String: Tensor]) throws

    /// Returns a copy of the value of a node (or an input) in the last forward pass.
    ///
    /// - Throws: ``GraphError/unknownNode(_:nearest:)``; also for nodes that are not tapped, whose memory has been reused.
    func value(_ name: String) throws -> Tensor

    /// Returns a copy of the gradient with respect to a node's output (or an input) in the last backward pass; zero where no output depends
    /// on it.
    ///
    /// - Throws: ``GraphError``, also for nodes whose memory has been reused: in training all except inputs, in inspection those that are
    ///   not tapped.
    func gradient(_ name: String) throws -> Tensor
}
