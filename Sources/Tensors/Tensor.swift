/// A dense float32 array with row-major (C) layout and value semantics: copies share storage until one of them is
/// written to.
///
/// Shapes are lists of extents, outermost first; images and feature maps are `[batch, channel, row, column]`. A scalar
/// has the shape `[]`.
public struct Tensor: @unchecked Sendable {
    /// The extent of every axis, outermost first.
    public let shape: [Int]
    private var storage: FloatBuffer

    /// A tensor filled with one value.
    public init(_ shape: [Int], repeating value: Float = 0) {
        precondition(shape.allSatisfy { $0 >= 0 }, "a tensor cannot have the shape \(shape)")
        self.shape = shape
        storage = FloatBuffer(count: shape.reduce(1, *), repeating: value)
    }

    /// A tensor that holds `elements` in row-major order.
    public init(_ shape: [Int], elements: some Collection<Float>) {
        precondition(
            shape.allSatisfy { $0 >= 0 } && shape.reduce(1, *) == elements.count,
            "\(elements.count) elements do not fill the shape \(shape)")
        self.shape = shape
        storage = FloatBuffer(uninitializedCount: elements.count)
        _ = storage.pointer.update(fromContentsOf: elements)
    }

    /// Creates a tensor with uninitialized elements: the caller writes each one before any is read.
    public init(uninitialized shape: [Int]) {
        precondition(shape.allSatisfy { $0 >= 0 }, "a tensor cannot have the shape \(shape)")
        self.shape = shape
        storage = FloatBuffer(uninitializedCount: shape.reduce(1, *))
    }

    /// Creates a copy of borrowed memory.
    public init(copying view: TensorView) {
        shape = view.shape
        storage = FloatBuffer(uninitializedCount: view.count)
        storage.pointer.baseAddress?.update(from: view.pointer, count: view.count)
    }

    /// Creates a tensor that takes over a buffer; nobody else may write to it from now on.
    package init(_ shape: [Int], owning buffer: FloatBuffer) {
        precondition(
            shape.allSatisfy { $0 >= 0 } && shape.reduce(1, *) == buffer.pointer.count,
            "\(buffer.pointer.count) elements do not fill the shape \(shape)")
        self.shape = shape
        storage = buffer
    }

    /// The elements' storage, for code that takes it over as it is.
    package var buffer: FloatBuffer { storage }

    /// The number of elements: the product of the shape.
    public var count: Int { storage.pointer.count }

    /// All elements in row-major order, as a separate array.
    public var elements: [Float] { Array(UnsafeBufferPointer(storage.pointer)) }

    /// The element at one index per axis.
    public subscript(_ indices: Int...) -> Float {
        get { storage.pointer[offset(indices)] }
        set {
            makeUnique()
            storage.pointer[offset(indices)] = newValue
        }
    }

    /// Returns the same elements in the same order with another shape.
    public func reshaped(_ shape: [Int]) -> Tensor {
        precondition(shape.reduce(1, *) == count, "\(self.shape) does not reshape to \(shape)")
        return Tensor(shape: shape, storage: storage)
    }

    /// Lends the elements for reading; the pointer must not escape `body`.
    public func withElements<Result, Failure: Error>(
        _ body: (UnsafeBufferPointer<Float>) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try body(UnsafeBufferPointer(storage.pointer))
    }

    /// Lends the elements for writing; the pointer must not escape `body`.
    public mutating func withMutableElements<Result, Failure: Error>(
        _ body: (UnsafeMutableBufferPointer<Float>) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        makeUnique()
        return try body(storage.pointer)
    }

    /// Lends the elements with their shape for writing; the view must not escape `body`.
    public mutating func withMutableView<Result, Failure: Error>(
        _ body: (TensorView) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        makeUnique()
        return try body(TensorView(storage, shape: shape))
    }

    private init(shape: [Int], storage: FloatBuffer) {
        self.shape = shape
        self.storage = storage
    }

    private mutating func makeUnique() {
        if !isKnownUniquelyReferenced(&storage) { storage = storage.copy() }
    }

    private func offset(_ indices: [Int]) -> Int {
        precondition(indices.count == shape.count, "\(indices.count) indices for the shape \(shape)")
        var offset = 0
        for (index, extent) in zip(indices, shape) {
            precondition((0..<extent).contains(index), "index \(indices) is outside the shape \(shape)")
            offset = offset * extent + index
        }
        return offset
    }
}

extension Tensor: Equatable {
    /// Equal shapes and equal elements; as for floats, NaN differs from itself and `-0` equals `0`.
    public static func == (left: Tensor, right: Tensor) -> Bool {
        left.shape == right.shape && left.withElements { l in right.withElements { r in l.elementsEqual(r) } }
    }
}
