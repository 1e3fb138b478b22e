import Datasets
import Foundation

/// How the images of an epoch are chosen.
public enum Sampling: String, CaseIterable, Sendable {
    /// Every image once.
    case uniform
    /// Images of rare classes more often, and others less (repeat factor sampling; Gupta et al., "LVIS", arXiv:1908.03195, appendix B.2, with
    /// the most frequent class in place of a threshold).
    case balanced
}

extension DetectionDataset {
    /// A weight per class: the smaller its share of the objects, the larger. The mean over all objects is 1.
    ///
    /// - Parameter exponent: 0 weighs all classes the same; with 1, all classes together weigh the same, however many objects they have.
    package func classWeights(exponent: Double) -> [Double] {
        var counts = [Double](repeating: 0, count: classNames.count)
        for sample in samples {
            for object in sample.objects where !object.isIgnored { counts[object.classIndex] += 1 }
        }
        // A class without objects counts as if it had one, as it has no peaks that a weight could favour.
        let raw = counts.map { 1 / pow(max($0, 1), exponent) }
        let total = counts.reduce(0, +)
        let weighted = zip(counts, raw).reduce(0) { $0 + $1.0 * $1.1 }
        return total == 0 ? counts.map { _ in 1 } : raw.map { $0 * total / weighted }
    }

    /// How often each image is drawn, relative to the others: by the rarest of its classes, as the root of how many more images have the
    /// most frequent class.
    package var balancedWeights: [Double] {
        var imageCounts = [Int](repeating: 0, count: classNames.count)
        let classes = samples.map { Set($0.objects.lazy.filter { !$0.isIgnored }.map(\.classIndex)) }
        for index in classes.joined() { imageCounts[index] += 1 }
        let most = Double(imageCounts.max() ?? 1)
        return classes.map { classes in
            classes.map { (most / Double(imageCounts[$0])).squareRoot() }.max() ?? 1
        }
    }
}
