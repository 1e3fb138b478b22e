import Foundation
import Quantization
import Tensors
import Testing

/// Histograms, and the ranges that are chosen from them.
@Suite struct CalibrationTests {
    private func histogram(_ numbers: [Float]) throws -> ValueHistogram {
        let (least, greatest) = (try #require(numbers.min()), try #require(numbers.max()))
        var histogram = ValueHistogram(least...greatest)
        // In parts, as from a network.
        for part in stride(from: 0, to: numbers.count, by: 1000) {
            numbers[part..<min(part + 1000, numbers.count)].withUnsafeBufferPointer { histogram.add($0) }
        }
        return histogram
    }

    private func normal(_ count: Int, seed: UInt64 = 3) -> [Float] {
        var random = SeededGenerator(seed, 0)
        return (0..<count).map { _ in Float(random.normal()) }
    }

    @Test func quantilesAreThoseOfSortedNumbers() throws {
        let numbers = normal(20_000)
        let (histogram, sorted) = (try histogram(numbers), numbers.sorted())
        #expect(histogram.total == numbers.count)
        for share in [0.0005, 0.01, 0.5, 0.9, 0.999] {
            // The first number at which that fraction is reached; the next bins may be empty.
            let exact = sorted[Int((share * Double(numbers.count)).rounded(.up)) - 1]
            #expect(abs(histogram.quantile(share) - exact) <= 2 * histogram.binWidth, "\(share)")
        }
    }

    @Test func extremesAreTheWholeRangeWithZeroInIt() throws {
        #expect(CalibrationMethod.extremes.range(of: try histogram([2, 3, 7])) == 0...7)
        #expect(CalibrationMethod.extremes.range(of: try histogram([-4, -1])) == -4...0)
        #expect(CalibrationMethod.extremes.range(of: try histogram([-4, 9])) == -4...9)
    }

    @Test func aPercentileCutsOffWhatIsRare() throws {
        let numbers = normal(100_000).map(abs) + [1000]
        let range = CalibrationMethod.percentile(99.9).range(of: try histogram(numbers))
        // One in a thousand magnitudes of a normal distribution is above 3.29; a bin is half as wide as 1.
        #expect(range.lowerBound == 0 && (2.8...3.9).contains(range.upperBound), "\(range)")
        let both = CalibrationMethod.percentile(99).range(of: try histogram(normal(100_000)))
        #expect(abs(both.upperBound - 2.326) < 0.05 && abs(both.lowerBound + 2.326) < 0.05, "\(both)")
    }

    /// Compares with the definition: the range with the least divergence, found by trying all of them.
    @Test func entropyIsTheLeastDivergence() throws {
        let levels = 16
        let numbers = normal(5000).map { abs($0) } + [30, 31]
        var counts = [Double](repeating: 0, count: 256)
        for number in numbers { counts[min(255, Int(number / 31.1 * 256))] += 1 }
        func divergence(_ parts: Int) -> Double {
            var own = Array(counts[..<parts])
            own[parts - 1] += counts[parts...].reduce(0, +)
            var told = [Double](repeating: 0, count: parts)
            for level in 0..<levels {
                let places = Array(level * parts / levels..<(level + 1) * parts / levels)
                let filled = places.filter { counts[$0] > 0 }
                let mass = places.reduce(0) { $0 + counts[$1] }
                for place in filled { told[place] = mass / Double(filled.count) }
            }
            let (total, spread) = (own.reduce(0, +), told.reduce(0, +))
            return zip(own, told).reduce(0) { sum, pair in
                pair.0 > 0 ? sum + pair.0 / total * log(pair.0 / total / max(pair.1 / spread, 1e-6)) : sum
            }
        }
        let last = try #require(counts.lastIndex { $0 > 0 })
        let tried = Array(stride(from: levels, through: last + 1, by: 4)) + [last + 1]
        let best = try #require(tried.min { divergence($0) < divergence($1) })
        #expect(CalibrationMethod.leastDivergence(counts, levels: levels) == best)
        // The two outliers are cut off.
        #expect(best < 64)
    }

    /// Zeros from a ReLU do not affect the range, however many there are.
    @Test func zerosDoNotNarrowTheRange() throws {
        let numbers = normal(50_000).map(abs)
        let without = CalibrationMethod.entropy.range(of: try histogram(numbers))
        let with = CalibrationMethod.entropy.range(of: try histogram(numbers + [Float](repeating: 0, count: 200_000)))
        #expect(without.upperBound > 2.5 && abs(with.upperBound - without.upperBound) < 0.3, "\(with) \(without)")
    }

    @Test func zeroStandsOnAnInteger() {
        var random = SeededGenerator(5, 0)
        for _ in 0..<1000 {
            let range = Float(-random.uniform(0, 10))...Float(random.uniform(0, 10))
            let scale = ActivationScale(covering: range)
            #expect(scale.zeroPoint == scale.zeroPoint.rounded() && (0...255).contains(scale.zeroPoint))
            #expect(abs((0 - scale.zeroPoint) * scale.scale - range.lowerBound) <= scale.scale)
            #expect(abs((255 - scale.zeroPoint) * scale.scale - range.upperBound) <= scale.scale)
        }
        #expect(ActivationScale(covering: 0...6).zeroPoint == 0)
        // A value that is always zero has a valid scale.
        #expect(ActivationScale(covering: 0...0).scale == 1)
        #expect(ActivationScale(covering: 0...(Float.leastNormalMagnitude / 100)).scale == 1)
    }
}
