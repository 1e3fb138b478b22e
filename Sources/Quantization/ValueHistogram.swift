/// How often a value's numbers lie where, in memory that does not grow with how many there are.
public struct ValueHistogram: Sendable, Equatable {
    /// The range that it covers: of all numbers that it is given.
    public let range: ClosedRange<Float>
    /// How many numbers lie in each of equally wide parts of the range.
    public private(set) var counts: [Int]
    /// How many parts there are.
    public static let binCount = 2048

    /// An empty histogram of a range.
    public init(_ range: ClosedRange<Float>) {
        self.range = range
        counts = [Int](repeating: 0, count: Self.binCount)
    }

    /// How many numbers there are.
    public var total: Int { counts.reduce(0, +) }

    /// How wide a part is; zero where all numbers are the same.
    public var binWidth: Float { (range.upperBound - range.lowerBound) / Float(Self.binCount) }

    /// Counts numbers in the range.
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

    /// The number that a share of all numbers is not above, to the width of a part.
    public func quantile(_ share: Double) -> Float {
        let wanted = share * Double(total)
        var passed = 0.0
        for (bin, count) in counts.enumerated() {
            passed += Double(count)
            if passed >= wanted { return range.lowerBound + Float(bin + 1) * binWidth }
        }
        return range.upperBound
    }

    /// How often magnitudes lie in equally wide parts from zero to the greatest one.
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
