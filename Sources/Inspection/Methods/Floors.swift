import Foundation
import Tensors

/// Noise: each cell drawn uniformly from `0..<1`. An explanation that scores no better explains nothing.
///
/// - Returns: `[rows, columns]`; the same for the same seed.
public func randomMap(rows: Int, columns: Int, seed: UInt64) -> Tensor {
    var random = SeededGenerator(seed)
    return Tensor([rows, columns], elements: (0..<rows * columns).map { _ in Float(random.uniform()) })
}

/// A Gaussian in the middle whose standard deviations are a quarter of the height and width. Photographed objects tend to be in the middle;
/// an explanation that scores no better knows no more than that.
///
/// - Returns: `[rows, columns]`, between 0 and 1.
public func centerGaussianMap(rows: Int, columns: Int) -> Tensor {
    func heights(_ count: Int) -> [Float] {
        (0..<count).map { index in
            let distance = (Double(index) + 0.5) / Double(count) - 0.5
            return Float(exp(-0.5 * pow(distance / 0.25, 2)))
        }
    }
    let across = heights(columns)
    return Tensor([rows, columns], elements: heights(rows).flatMap { height in across.map { height * $0 } })
}
