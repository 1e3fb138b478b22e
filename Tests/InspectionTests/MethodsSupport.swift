import Inspection
import Tensors

/// Normally distributed numbers, the same for the same seed.
func noise(_ shape: [Int], seed: UInt64 = 1) -> Tensor {
    var random = SeededGenerator(seed, shape.reduce(7) { $0 * 31 + $1 })
    return Tensor(shape, elements: (0..<shape.reduce(1, *)).map { _ in Float(random.normal()) })
}

/// An activation after ReLU, and a gradient that contains zeros.
func activationAndGradient(_ shape: [Int], seed: UInt64 = 1) -> (Tensor, Tensor) {
    (rectified(noise(shape, seed: seed)), tensor(shape, noise(shape, seed: seed + 1).elements.map { $0 < -1 ? 0 : $0 }))
}

func tensor(_ shape: [Int], _ elements: [Float]) -> Tensor { Tensor(shape, elements: elements) }

/// The images of a batch, `[count, channel, row, column]`.
func items(_ batch: Tensor) -> [Tensor] {
    let shape = Array(batch.shape.dropFirst())
    let (elements, count) = (batch.elements, shape.reduce(1, *))
    return (0..<batch.shape[0]).map { tensor(shape, Array(elements[$0 * count..<($0 + 1) * count])) }
}

/// A scorer from a function of one image.
func scorer(_ score: @escaping (Tensor) -> Float) -> Score { { items($0).map(score) } }

/// `bias + sum of weights * x`, whose explanations can all be computed by hand.
struct LinearScorer {
    let weights: Tensor
    var bias: Float = 0

    var score: Score { scorer { bias + dot($0, weights) } }
    var gradients: InputGradients {
        { batch in
            Tensor(batch.shape, elements: (0..<batch.shape[0]).flatMap { _ in weights.elements })
        }
    }
}

func dot(_ a: Tensor, _ b: Tensor) -> Float {
    Float(zip(a.elements, b.elements).reduce(0) { $0 + Double($1.0) * Double($1.1) })
}

/// Creates a map `[row, column]` from a function of row and column.
func map(_ rows: Int, _ columns: Int, _ value: (_ row: Int, _ column: Int) -> Double) -> Tensor {
    Tensor(
        [rows, columns],
        elements: (0..<rows).flatMap { row in (0..<columns).map { column in Float(value(row, column)) } })
}

/// The largest difference; infinite when shapes differ or a value is NaN.
func largestDifference(_ a: Tensor, _ b: Tensor) -> Float {
    guard a.shape == b.shape else { return .infinity }
    return zip(a.elements, b.elements).reduce(0) {
        let difference = abs($1.0 - $1.1)
        return difference.isFinite ? max($0, difference) : .infinity
    }
}

/// What `body` computes with one thread, and with three.
func withOneAndThreeThreads<Result>(_ body: () throws -> Result) rethrows -> (Result, Result) {
    (try Parallel.withWorkers(1, body), try Parallel.withWorkers(3, body))
}
