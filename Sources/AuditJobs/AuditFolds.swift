import Datasets
import Tensors

/// The fold that audits each image.
enum AuditFolds {
    /// Deals the images out at random: folds differ by one image in size.
    ///
    /// - Throws: ``AuditError/tooFewImages(count:folds:)``.
    static func assignment(of samples: [Sample], count: Int, seed: UInt64) throws(AuditError) -> [Int] {
        guard samples.count >= count else { throw .tooFewImages(count: samples.count, folds: count) }
        var random = SeededGenerator(seed)
        var folds = [Int](repeating: 0, count: samples.count)
        for (place, index) in samples.indices.shuffled(using: &random).enumerated() { folds[index] = place % count }
        return folds
    }
}
