/// Floats on a cache-line boundary, freed with their last reference: what tensors and programs keep their numbers in.
public final class FloatBuffer: @unchecked Sendable {
    /// The memory; it lives as long as this object.
    public let pointer: UnsafeMutableBufferPointer<Float>

    /// `count` floats with one value.
    public convenience init(count: Int, repeating value: Float = 0) {
        self.init(uninitializedCount: count)
        pointer.initialize(repeating: value)
    }

    /// `count` floats that hold whatever was there.
    init(uninitializedCount count: Int) {
        let bytes = max(count, 1) * MemoryLayout<Float>.stride
        let raw = UnsafeMutableRawPointer.allocate(byteCount: bytes, alignment: 64)
        pointer = UnsafeMutableBufferPointer(start: raw.bindMemory(to: Float.self, capacity: count), count: count)
    }

    /// Another buffer with the same content.
    public func copy() -> FloatBuffer {
        let other = FloatBuffer(count: pointer.count)
        _ = other.pointer.update(fromContentsOf: pointer)
        return other
    }

    deinit { UnsafeMutableRawPointer(pointer.baseAddress)?.deallocate() }
}
