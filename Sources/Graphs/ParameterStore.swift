import Tensors

/// The numbers of a network: every parameter by its full name, with a gradient beside each learned one.
///
/// Several programs (training, validation) share one store; an optimizer writes to it between their passes. It is not
/// made for use from several threads at once.
public final class ParameterStore: @unchecked Sendable {
    /// One parameter.
    public struct Entry: @unchecked Sendable {
        /// The full dotted name.
        public let name: String
        /// What the operator declared.
        public let declaration: ParameterDeclaration
        /// The numbers.
        public let value: TensorView
        /// The gradient that the last backward pass left; nil for statistics.
        public let gradient: TensorView?
        fileprivate let buffers: [FloatBuffer]
    }

    /// All parameters in node order.
    public let entries: [Entry]
    private let indices: [String: Int]
    private var quantizedForms: [String: QuantizedForm] = [:]

    /// Rises whenever values were written through this class, so that backends know when to read them again.
    public private(set) var version = 0

    /// Parameters for a graph, in memory that is there already or new.
    ///
    /// - Parameter memory: The memory that a parameter's numbers are in already, with as many of them as it has; nil for zeros in new
    ///   memory. Nobody else may write there from now on.
    package init(for graph: Graph, memory: (_ name: String, _ shape: [Int]) -> FloatBuffer?) {
        // Gradients lie in one piece, each on a cache line: many zeros that nobody asks for, as in inference, are never there.
        var gradientCount = 0
        let places = graph.parameters.map { _, declaration -> Int? in
            if declaration.role == .statistic { return nil }
            defer { gradientCount += (declaration.shape.reduce(1, *) + 15) / 16 * 16 }
            return gradientCount
        }
        let gradients = FloatBuffer(count: gradientCount)
        entries = zip(graph.parameters, places).map { parameter, place in
            let (name, declaration) = parameter
            let count = declaration.shape.reduce(1, *)
            let value = memory(name, declaration.shape) ?? FloatBuffer(count: count)
            precondition(
                value.pointer.count == count, "\(value.pointer.count) numbers for '\(name)' of \(declaration.shape)")
            return Entry(
                name: name, declaration: declaration, value: TensorView(value, shape: declaration.shape),
                gradient: place.map { TensorView(gradients, offset: $0, shape: declaration.shape) },
                buffers: [value, gradients])
        }
        indices = Dictionary(uniqueKeysWithValues: entries.enumerated().map { ($1.name, $0) })
    }

    /// Parameters for a graph, all of them zero, to be assigned.
    public convenience init(for graph: Graph) { self.init(for: graph, memory: { _, _ in nil }) }

    /// Parameters for a graph, initialized as their operators declare, reproducibly by seed.
    public convenience init(for graph: Graph, seed: UInt64) {
        self.init(for: graph)
        for (position, entry) in entries.enumerated() {
            var random = SeededGenerator(seed, position)
            let elements = entry.value.elements
            switch entry.declaration.initializer {
            case .constant(let value): entry.value.fill(value)
            case .normal(let deviation):
                for index in elements.indices { elements[index] = Float(random.normal() * deviation) }
            case .uniform(let bound):
                for index in elements.indices { elements[index] = Float(random.uniform(-bound, bound)) }
            case .bilinear(let bound):
                for index in elements.indices { elements[index] = Float(random.uniform(-bound, bound)) }
                entry.fillBilinearly()
            }
        }
    }

    /// The parameter with this full name.
    public func entry(_ name: String) -> Entry? { indices[name].map { entries[$0] } }

    /// A copy of a parameter's numbers.
    public subscript(_ name: String) -> Tensor? { entry(name).map { Tensor(copying: $0.value) } }

    /// Replaces a parameter's numbers.
    ///
    /// - Throws: ``GraphError/parameter(name:expected:found:)`` when there is no such parameter or its shape differs.
    public func assign(_ name: String, _ tensor: Tensor) throws(GraphError) {
        guard let entry = entry(name) else { throw .parameter(name: name, expected: tensor.shape, found: nil) }
        guard entry.declaration.shape == tensor.shape else {
            throw .parameter(name: name, expected: entry.declaration.shape, found: tensor.shape)
        }
        entry.value.assign(tensor)
        quantizedForms[name] = nil
        version += 1
    }

    /// What a parameter's numbers are made of, where it was quantized.
    public func quantizedForm(of name: String) -> QuantizedForm? { quantizedForms[name] }

    /// Says what a parameter's numbers are made of; they must be what it says.
    public func setQuantizedForm(_ form: QuantizedForm, of name: String) {
        guard let entry = entry(name) else { preconditionFailure("there is no parameter '\(name)'") }
        precondition(
            form.fits(entry.declaration.shape),
            "\(form.scales.count) scales for '\(name)' of \(entry.declaration.shape)")
        quantizedForms[name] = form
    }

    /// Tells programs that values were written through the entries' views.
    public func markChanged() { version += 1 }

    /// Sets every gradient to zero.
    public func clearGradients() {
        for entry in entries { entry.gradient?.fill(0) }
    }
}

extension ParameterStore.Entry {
    /// Sets `[input channel, 0, row, column]` to `(1 - |row / f - c|) · (1 - |column / f - c|)` with `f` half the kernel, rounded up,
    /// and `c` the kernel's middle.
    fileprivate func fillBilinearly() {
        let shape = declaration.shape
        precondition(shape.count == 4, "a kernel is [input channel, output channel, row, column], not \(shape)")
        let half = (shape[2] + 1) / 2
        let middle = Double(2 * half - 1 - half % 2) / Double(2 * half)
        for channel in 0..<shape[0] {
            let kernel = value.pointer + channel * shape[1] * shape[2] * shape[3]
            for row in 0..<shape[2] {
                for column in 0..<shape[3] {
                    let (y, x) = (Double(row) / Double(half), Double(column) / Double(half))
                    kernel[row * shape[3] + column] = Float((1 - abs(y - middle)) * (1 - abs(x - middle)))
                }
            }
        }
    }
}
