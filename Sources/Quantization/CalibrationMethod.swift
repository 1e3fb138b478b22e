import Foundation

/// The method of choosing the range of a quantized value. Values outside the range are clipped to it; a narrower range has finer steps.
public enum CalibrationMethod: Hashable, Sendable, CustomStringConvertible {
    /// From the minimum to the maximum.
    case extremes
    /// The range that cuts off outliers: the given percentage of all numbers is below its upper end and, if there are negative numbers, the
    /// same percentage is above its lower end.
    case percentile(Double)
    /// The range with the minimum Kullback-Leibler divergence between the distributions of the integers and of the numbers (Migacz, "8-bit
    /// Inference with TensorRT", GTC 2017).
    case entropy

    /// `extremes`, `percentile 99.999`, `entropy`.
    public var description: String {
        switch self {
        case .extremes: "extremes"
        case .percentile(let share): "percentile \(share)"
        case .entropy: "entropy"
        }
    }

    /// Returns the range for a distribution; it always contains zero.
    public func range(of histogram: ValueHistogram) -> ClosedRange<Float> {
        let (least, greatest) = (min(0, histogram.range.lowerBound), max(0, histogram.range.upperBound))
        switch self {
        case .extremes: return least...greatest
        case .percentile(let share):
            let upper = min(greatest, max(0, histogram.quantile(share / 100)))
            let lower = least < 0 ? max(least, min(0, histogram.quantile(1 - share / 100))) : 0
            return upper > lower ? lower...upper : least...greatest
        case .entropy:
            let (magnitudes, width) = histogram.magnitudes
            var counts = magnitudes
            // Zero is exact with any range. Otherwise the zeros of a ReLU would outweigh everything else.
            counts[0] = min(counts[0], counts[1])
            // A range on both sides of zero has half of the integers on each side.
            let levels = least < 0 ? 128 : 255
            let bound = Float(Self.leastDivergence(counts, levels: levels)) * width
            guard bound > 0 else { return least...greatest }
            return max(least, -bound)...min(greatest, bound)
        }
    }

    /// Returns the number of bins, from the first, that minimizes the divergence with a number of levels.
    package static func leastDivergence(_ counts: [Double], levels: Int) -> Int {
        guard let last = counts.lastIndex(where: { $0 > 0 }), last >= levels else { return counts.count }
        var best = (parts: last + 1, divergence: Double.infinity)
        let total = counts.reduce(0, +)
        var inside = counts[..<levels].reduce(0, +)
        // A step of four bins is as good, and four times as fast.
        var parts = levels
        while parts <= last + 1 {
            let divergence = divergence(counts, parts: parts, levels: levels, outside: total - inside)
            if divergence < best.divergence { best = (parts, divergence) }
            let next = min(parts + 4, max(parts + 1, last + 1))
            inside += counts[parts..<min(next, counts.count)].reduce(0, +)
            parts = next
        }
        return best.parts
    }

    /// Returns the divergence between the first bins and their quantization to a number of levels, with everything outside counted to the
    /// last bin.
    private static func divergence(_ counts: [Double], parts: Int, levels: Int, outside: Double) -> Double {
        var sum = 0.0
        var (total, spread) = (0.0, 0.0)
        var terms: [(own: Double, told: Double)] = []
        terms.reserveCapacity(parts)
        for level in 0..<levels {
            let (start, end) = (level * parts / levels, (level + 1) * parts / levels)
            let share = counts[start..<end]
            let mass = share.reduce(0, +)
            let occupied = share.reduce(0) { $0 + ($1 > 0 ? 1 : 0) }
            for part in start..<end {
                let own = counts[part] + (part == parts - 1 ? outside : 0)
                // A level's mass is spread evenly over its nonempty bins.
                let told = counts[part] > 0 ? mass / Double(occupied) : 0
                if own > 0 { terms.append((own, told)) }
                total += own
                spread += told
            }
        }
        guard spread > 0 else { return .infinity }
        // A minimum probability keeps the divergence finite where the quantized distribution is zero.
        let least = 1e-6
        for (own, told) in terms {
            let (p, q) = (own / total, max(told / spread, least))
            sum += p * log(p / q)
        }
        return sum
    }
}
