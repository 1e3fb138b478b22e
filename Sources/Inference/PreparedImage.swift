import Boxes
import Images
import Synchronization
import Tensors

/// A picture as the network takes it: one normalized square for each input size.
struct PreparedImage: Sendable {
    struct Look: Sendable {
        /// `[3, row, column]`.
        let input: Tensor
        let view: AffineMap<ImagePixels, InputPixels>
    }

    let looks: [Look]
}

/// What a model wants done to a picture before it looks at it.
struct ImagePreparation: Sendable {
    let inputSizes: [Int]
    let mean: [Float]
    let standardDeviation: [Float]

    func callAsFunction(_ image: Image) -> PreparedImage {
        PreparedImage(
            looks: inputSizes.map { size in
                let view = AffineMap.wholeImage(width: image.width, height: image.height, inputSize: size)
                let input = image.warped(by: view, size: size)
                return PreparedImage.Look(
                    input: normalized(input, mean: mean, standardDeviation: standardDeviation), view: view)
            })
    }

    /// Prepares pictures on all cores; a picture is taken from `image(position)`, whose error stands in its place.
    func callAsFunction<Failure: Error>(
        count: Int, image: @Sendable (Int) throws(Failure) -> Image
    ) -> [Result<PreparedImage, Failure>] {
        let results = Mutex([Result<PreparedImage, Failure>?](repeating: nil, count: count))
        Parallel.forEach(count) { index, _ in
            let result = Result { () throws(Failure) in self(try image(index)) }
            results.withLock { $0[index] = result }
        }
        return results.withLock { $0.compactMap { $0 } }
    }
}

extension Tensor {
    /// Tensors of one shape as the items of a batch.
    static func stacked(_ items: [Tensor]) -> Tensor {
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
