import Tensors

extension Tensor {
    /// Tensors of one shape as the items of a batch.
    package static func stacked(_ items: [Tensor]) -> Tensor {
        guard let first = items.first else { return Tensor([0]) }
        var batch = Tensor([items.count] + first.shape)
        batch.withMutableElements { target in
            for (index, item) in items.enumerated() {
                precondition(item.shape == first.shape, "\(item.shape) beside \(first.shape) in one batch")
                item.withElements { source in
                    for place in source.indices { target[index * first.count + place] = source[place] }
                }
            }
        }
        return batch
    }

    /// Mirrored from left to right along the last axis.
    var mirrored: Tensor {
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

    /// The item of a batch at `index`, without the batch axis.
    func item(_ index: Int) -> Tensor {
        let itemShape = Array(shape.dropFirst())
        let size = itemShape.reduce(1, *)
        return withElements { Tensor(itemShape, elements: $0[index * size..<(index + 1) * size]) }
    }
}
