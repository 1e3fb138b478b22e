import Tensors

/// Something that turns a graph into a program for given shapes.
public protocol Backend: Sendable {
    /// The name that users choose it by.
    var name: String { get }

    /// Which kernels its programs run, for people: a library, its version, the instruction set.
    var kernels: String { get }

    /// Everything about it that decides the last bits of a result; two backends of one identity agree in them.
    var identity: String { get }

    /// What numbers its programs of a graph compute with.
    ///
    /// - Throws: ``GraphError/precision(_:)`` where what was asked for cannot be had.
    func precision(of graph: Graph) throws(GraphError) -> Precision

    /// Plans all memory and chooses all algorithms; no values are allocated in a pass afterwards.
    ///
    /// - Parameters:
    ///   - inputs: The shape of each input of the graph, `[batch, channel, row, column]` for images.
    ///   - parameters: Where values are read from and gradients go; the program keeps it. It may hold more than the graph has.
    ///   - taps: What is asked for beside the outputs, in inspection.
    /// - Throws: ``GraphError`` when the shapes do not fit the graph or the parameters do not.
    func compile(
        _ graph: Graph, parameters: ParameterStore, inputs: [String: [Int]], mode: ProgramMode, taps: Taps
    ) throws -> any Program
}

extension Backend {
    /// The name, for backends that compute in one way only.
    public var identity: String { name }

    /// Float32, for backends that have nothing else.
    public func precision(of graph: Graph) -> Precision { .float32 }

    /// A program with every node tapped where that is possible.
    public func compile(
        _ graph: Graph, parameters: ParameterStore, inputs: [String: [Int]], mode: ProgramMode
    ) throws -> any Program {
        try compile(graph, parameters: parameters, inputs: inputs, mode: mode, taps: .everything)
    }
}

/// A graph made ready to run for fixed shapes.
public protocol Program: AnyObject {
    /// The shape of each output.
    var outputShapes: [String: [Int]] { get }

    /// Runs the network and returns its outputs as plain row-major tensors.
    ///
    /// - Throws: ``GraphError`` when an input is missing or has another shape than at compilation.
    func forward(_ inputs: [String: Tensor]) throws -> [String: Tensor]

    /// Propagates gradients with respect to the outputs (absent ones count as zero) back through the last forward pass. In
    /// training parameter gradients replace what their store held before; in inspection there are none. ``gradient(_:)``
    /// answers for what is tapped. In inspection it may be called again for other gradients, in training after another forward pass.
    ///
    /// - Parameter outputGradients: In the outputs' shapes, in inspection `[seed · batch, …]`: see ``Taps/seedCount``.
    /// - Throws: ``GraphError/noGradients(_:)`` in inference, before any forward pass, or a second time after one in training.
    func backward(_ outputGradients: [String: Tensor]) throws

    /// A copy of what a node (or an input) held in the last forward pass.
    ///
    /// - Throws: ``GraphError/unknownNode(_:nearest:)``; also for nodes that are not tapped, whose memory has been reused.
    func value(_ name: String) throws -> Tensor

    /// A copy of the gradient with respect to a node's output (or an input) of the last backward pass; zero where no output
    /// depends on it.
    ///
    /// - Throws: ``GraphError``, also for nodes whose memory has been reused: in training all but inputs, in inspection what is
    ///   not tapped.
    func gradient(_ name: String) throws -> Tensor
}
