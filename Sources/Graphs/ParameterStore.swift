import Tensors

/// The parameters of a network by full name, each learned one with its gradient.
///
/// Several programs (training, validation) share one store; an optimizer writes to it between their passes. It is not thread-safe.
public final class ParameterStore: @unchecked Sendable {
    /// One parameter.
    public struct Entry: @unchecked Sendable {
        /// The full dotted name.
        public let name: String
        /// The operator's declaration.
        public let declaration: ParameterDeclaration
        /// The values.
        public let value: TensorView
        /// The gradient from the last backward pass; nil for statistics.
        public let gradient: TensorView?
        fileprivate let buffers: [FloatBuffer]
    }

    /// All parameters in node order.
    public let entries: [Entry]
    private let indices: [String: Int]
    private var quantizedForms: [String: QuantizedForm] = [:]

    /// A counter that increases when values are written through this class, so that backends know when to read them again.
    public private(set) var version = 0

    /// Creates parameters for a graph, in existing or new memory.
    ///
    /// - Parameter memory: Returns the buffer that holds a parameter's values, of exactly its size; nil for new memory filled with zeros.
    ///   Nobody else may write to the buffer from now on.
    package init(for graph: Graph, memory: (_ name: String, _ shape: [Int]) -> FloatBuffer?) {
        // Gradients share one buffer, each aligned to a cache line: if they are never used, as in inference, the zero-filled memory is
        // never committed.
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
                value.pointer.count == count,
                "\(value.pointer.count) values for '\(name)' of shape \(declaration.shape)")
            return Entry(
                name: name, declaration: declaration, value: TensorView(value, shape: declaration.shape),
                gradient: place.map { TensorView(gradients, offset: $0, shape: declaration.shape) },
                buffers: [value, gradients])
        }
        indices = Dictionary(uniqueKeysWithValues: entries.enumerated().map { ($1.name, $0) })
    }

    /// Creates zero-filled parameters for a graph, to be assigned.
    public convenience init(for graph: Graph) { self.init(for: graph, memory: { _, _ in nil }) }

    /// Creates parameters for a graph, initialized as their operators declare, reproducibly by seed.
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

    /// Returns the parameter with this full name.
    public func entry(_ name: String) -> Entry? { indices[name].map { entries[$0] } }

    /// A copy of a parameter's values.
    public subscript(_ name: String) -> Tensor? { entry(name).map { Tensor(copying: $0.value) } }

    /// Replaces a parameter's values.
    ///
    /// - Throws: ``GraphError/parameter(name:expected:found:)`` when the parameter does not exist or its shape differs.
    public func assign(_ name: String, _ tensor: Tensor) throws(GraphError) {
        guard let entry = entry(name) else { throw .parameter(name: name, expected: tensor.shape, found: nil) }
        guard entry.declaration.shape == tensor.shape else {
            throw .parameter(name: name, expected: entry.declaration.shape, found: tensor.shape)
        }
        entry.value.assign(tensor)
        quantizedForms[name] = nil
        version += 1
    }

    /// Returns the integer form of a parameter, if it was quantized.
    public func quantizedForm(of name: String) -> QuantizedForm? { quantizedForms[name] }

    /// Sets the integer form of a parameter; its values must match the form.
    public func setQuantizedForm(_ form: QuantizedForm, of name: String) {
        guard let entry = entry(name) else { preconditionFailure("there is no parameter '\(name)'") }
        precondition(
            form.fits(entry.declaration.shape),
            "\(form.scales.count) scales for '\(name)' of shape \(entry.declaration.shape)")
        quantizedForms[name] = form
    }

    /// Marks values as changed that were written through the entries' views, so that programs read them again.
    public func markChanged() { version += 1 }

    /// Sets every gradient to zero.
    public func clearGradients() {
        for entry in entries { entry.gradient?.fill(0) }
    }
}

extension ParameterStore.Entry {
    /// Sets `[input channel, 0, row, column]` to `(1 - |row / f - c|) · (1 - |column / f - c|)`, where `f` is half the kernel size, rounded
    /// up, and `c` the kernel's centre.
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
