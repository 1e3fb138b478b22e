/// A histogram of a value's numbers, in memory that does not grow with their count.
public struct ValueHistogram: Sendable, Equatable {
    /// The range of all numbers.
    public let range: ClosedRange<Float>
    /// The count of numbers in each of equally wide bins of the range.
    public private(set) var counts: [Int]
    /// The number of bins.
    public static let binCount = 2048

    /// Creates an empty histogram of a range.
    public init(_ range: ClosedRange<Float>) {
        self.range = range
        counts = [Int](repeating: 0, count: Self.binCount)
    }

    /// The count of all numbers.
    public var total: Int { counts.reduce(0, +) }

    /// The width of a bin; zero if all numbers are equal.
    public var binWidth: Float { (range.upperBound - range.lowerBound) / Float(Self.binCount) }

    /// Adds numbers, which must be in the range.
    public mutating func add(_ numbers: UnsafeBufferPointer<Float>) {
        let (start, width) = (range.lowerBound, binWidth)
        guard width > 0 else {
            counts[0] += numbers.count
            return
        }
        counts.withUnsafeMutableBufferPointer { counts in
            for number in numbers {
                let bin = Int((number - start) / width)
                counts[max(0, min(Self.binCount - 1, bin))] += 1
            }
        }
    }

    /// Returns the quantile of a fraction of all numbers, to the width of a bin.
    public func quantile(_ share: Double) -> Float {
        let wanted = share * Double(total)
        var passed = 0.0
        for (bin, count) in counts.enumerated() {
            passed += Double(count)
            if passed >= wanted { return range.lowerBound + Float(bin + 1) * binWidth }
        }
        return range.upperBound
    }

    /// The counts of magnitudes in equally wide bins from zero to the largest one.
    var magnitudes: (counts: [Double], binWidth: Float) {
        let greatest = max(abs(range.lowerBound), abs(range.upperBound))
        let width = greatest / Float(Self.binCount)
        var result = [Double](repeating: 0, count: Self.binCount)
        guard width > 0 else { return (result, 0) }
        for (bin, count) in counts.enumerated() where count > 0 {
            let middle = abs(range.lowerBound + (Float(bin) + 0.5) * binWidth)
            result[min(Self.binCount - 1, Int(middle / width))] += Double(count)
        }
        return (result, width)
    }
}
