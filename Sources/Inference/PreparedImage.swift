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
