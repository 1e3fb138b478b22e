import Tensors

/// The extents of a layer's value for one image: `[channel, row, column]`.
struct LayerExtents: Equatable {
    let channels: Int
    let rows: Int
    let columns: Int

    /// Cells of one channel.
    var cells: Int { rows * columns }

    init(_ tensor: Tensor) {
        precondition(tensor.shape.count == 3, "\(tensor.shape) is not [channel, row, column]")
        (channels, rows, columns) = (tensor.shape[0], tensor.shape[1], tensor.shape[2])
    }

    /// The extents of both, which must agree.
    init(_ activation: Tensor, _ gradient: Tensor) {
        precondition(
            activation.shape == gradient.shape,
            "an activation of \(activation.shape) cannot have a gradient of \(gradient.shape)")
        self.init(activation)
    }
}

extension UnsafeBufferPointer<Float> {
    /// The values of one channel, or of a part of its cells.
    func plane(_ index: Int, of cells: Int, part: Range<Int>? = nil) -> UnsafeBufferPointer<Float> {
        let part = part ?? 0..<cells
        return UnsafeBufferPointer(rebasing: self[index * cells + part.lowerBound..<index * cells + part.upperBound])
    }
}
