import DetectionHeads
import Foundation

/// The smallest input at which nothing is lost: training time grows with its area.
struct InputSizeAdvice {
    let size: Int
    let reason: String

    /// The sizes to choose from. Above these, a training on processor cores takes days.
    private static let sizes = [128, 160, 192, 224, 256, 320, 384, 448, 512, 640, 768]
    /// From this achievable AP50 on nothing is lost; and the loss that is accepted where every size loses something.
    private static let (whole, accepted) = (0.995, 0.005)
    /// The output cells that the smaller side of small objects should have, so that neighbours have different peaks.
    private static let cells = 2.0

    init(_ facts: DatasetFacts, multiple: Int, ceiling: (_ size: Int) -> Double) {
        let sizes = Self.candidates(facts, multiple: multiple)
        let smallest = facts.classes.filter { $0.trainingObjects > 0 && $0.smallSide != nil }
            .min { ($0.smallSide ?? 1) < ($1.smallSide ?? 1) }
        func cells(_ size: Int) -> Double { (smallest?.smallSide ?? 1) * Double(size) / Double(outputStride) }
        func small(_ size: Int) -> String {
            smallest.map {
                String(format: "the small boxes of '%@' are %.1f output cells wide", $0.name, cells(size))
            } ?? "there are no boxes to measure"
        }
        var measured: [(size: Int, ceiling: Double)] = []
        for size in sizes {
            let ceiling = ceiling(size)
            measured.append((size, ceiling))
            // A data set without objects has a ceiling of -1.
            guard ceiling >= Self.whole || ceiling < 0, cells(size) >= Self.cells else { continue }
            self.size = size
            let before = measured.dropLast().last.map { size, ceiling in
                String(
                    format: "; at %d, %@ and the achievable AP50 is %.3f", size,
                    smallest == nil ? "there are no boxes" : String(format: "these are %.1f", cells(size)), ceiling)
            }
            reason =
                String(
                    format: "The smallest input that loses nothing: %@, and the achievable AP50 is %.3f", small(size),
                    ceiling)
                + (before ?? "") + "."
            return
        }
        let best = measured.map(\.ceiling).max() ?? 0
        // Small objects count where the ceiling does not tell: it knows nothing of what a network can see.
        let whole = measured.filter { $0.ceiling >= best - Self.accepted }
        let chosen =
            whole.first { cells($0.size) >= Self.cells } ?? whole.last ?? (sizes.last ?? multiple, best)
        size = chosen.size
        reason = String(
            format: "No input up to %d pixels loses nothing: at this size %@, and the achievable AP50 is %.3f; "
                + "cutting the images into parts would make the objects larger.", sizes.last ?? multiple,
            small(chosen.size), chosen.ceiling)
    }

    /// Sizes that the network takes, up to twice the images' own: there are no more details in them.
    private static func candidates(_ facts: DatasetFacts, multiple: Int) -> [Int] {
        let most = 2 * (facts.imageSide ?? 768)
        let fitting = sizes.filter { $0 % multiple == 0 && $0 <= most }
        return fitting.isEmpty ? [(128 + multiple - 1) / multiple * multiple] : fitting
    }
}
