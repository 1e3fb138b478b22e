/// Borrowed float memory with a shape, which kernels read and write.
///
/// A view owns nothing. Its creator keeps the memory alive and decides who may write to it, so operators get views for the length of one
/// call and never store them.
public struct TensorView: @unchecked Sendable {
    /// The first element.
    public let pointer: UnsafeMutablePointer<Float>
    /// The extent of every axis, outermost first.
    public let shape: [Int]
    /// The product of the shape.
    public let count: Int

    /// A view of `shape` that starts at `pointer`.
    public init(_ pointer: UnsafeMutablePointer<Float>, shape: [Int]) {
        self.pointer = pointer
        self.shape = shape
        count = shape.reduce(1, *)
    }

    /// Creates a view of the elements of a buffer from `offset` on.
    public init(_ buffer: FloatBuffer, offset: Int = 0, shape: [Int]) {
        precondition(
            offset >= 0 && offset + shape.reduce(1, *) <= buffer.pointer.count,
            "the shape \(shape) at offset \(offset) does not fit \(buffer.pointer.count) floats")
        // A buffer always has room for one element, so its base address exists.
        self.init(buffer.pointer.baseAddress.unsafelyUnwrapped + offset, shape: shape)
    }

    /// The elements as a buffer, for loops that want bounds checks in debug builds.
    public var elements: UnsafeMutableBufferPointer<Float> { UnsafeMutableBufferPointer(start: pointer, count: count) }

    /// Returns the part at a position of the outermost axis.
    public func item(_ index: Int) -> TensorView {
        precondition(
            !shape.isEmpty && (0..<shape[0]).contains(index), "there is no item \(index) in a view of shape \(shape)")
        let itemShape = Array(shape.dropFirst())
        return TensorView(pointer + index * itemShape.reduce(1, *), shape: itemShape)
    }

    /// Sets every element.
    public func fill(_ value: Float) { pointer.update(repeating: value, count: count) }

    /// Copies all elements of a tensor of the same shape into this memory.
    public func assign(_ tensor: Tensor) {
        precondition(tensor.shape == shape, "a tensor of shape \(tensor.shape) does not fill a view of shape \(shape)")
        tensor.withElements { source in
            if let base = source.baseAddress { pointer.update(from: base, count: count) }
        }
    }
}
