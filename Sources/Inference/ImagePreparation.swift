import Boxes
import Foundation
import Images
import Synchronization
import Tensors

/// What a model wants done to a picture before it looks at it.
struct ImagePreparation: Sendable {
    /// The sides of the squares that it looks at.
    let inputSizes: [Int]
    private let colors: ColorTransform

    init(inputSizes: [Int], mean: [Float], standardDeviation: [Float]) {
        self.inputSizes = inputSizes
        colors = ColorTransform(mean: mean, deviation: standardDeviation)
    }

    /// Reads a picture as finely as its largest look needs.
    func read(_ file: URL) throws(ImageError) -> ScaledImage {
        try ScaledImage(contentsOf: file, longerSide: Double(inputSizes.max() ?? 0))
    }

    /// Reads pictures on all cores; what is wrong with one stands in its place.
    func read(_ files: [URL]) -> [Result<ScaledImage, ImageError>] {
        let results = Mutex([Result<ScaledImage, ImageError>?](repeating: nil, count: files.count))
        Parallel.forEach(files.count) { index, _ in
            let result = Result { () throws(ImageError) in try read(files[index]) }
            results.withLock { $0[index] = result }
        }
        return results.withLock { $0.compactMap { $0 } }
    }

    /// Where a picture lies in its look of this size.
    func view(of picture: ScaledImage, size: Int) -> AffineMap<ImagePixels, InputPixels> {
        .wholeImage(width: picture.width, height: picture.height, inputSize: size)
    }

    /// Normalized looks, `[batch, 3, row, column]`, drawn on all cores.
    func batch(_ pictures: [ScaledImage], size: Int) -> Tensor {
        var batch = Tensor(uninitialized: [pictures.count, 3, size, size])
        batch.withMutableView { looks in
            Parallel.forEach(pictures.count) { index, _ in
                pictures[index].draw(view(of: pictures[index], size: size), into: looks.item(index), colors: colors)
            }
        }
        return batch
    }
}
