import Tensors

extension Tensor {
    /// The tensor mirrored from left to right along the last axis.
    package var mirrored: Tensor {
        guard let width = shape.last, width > 0 else { return self }
        var result = Tensor(shape)
        withElements { source in
            result.withMutableElements { target in
                for row in stride(from: 0, to: source.count, by: width) {
                    for column in 0..<width { target[row + column] = source[row + width - 1 - column] }
                }
            }
        }
        return result
    }
}
