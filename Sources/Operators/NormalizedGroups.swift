import Tensors

/// Groups of numbers that are normalized by their own mean and standard deviation: the common part of instance, group and layer
/// normalization.
///
///     normalized = (input - mean) / sqrt(variance + epsilon)      output = normalized · scale + shift
struct NormalizedGroups {
    /// The number of groups.
    let count: Int
    /// The number of contiguous elements in each group.
    let length: Int
    let epsilon: Float

    /// The number of floats kept for the gradient: means, then reciprocal standard deviations.
    var savedCount: Int { 2 * count }

    /// Computes the mean and reciprocal standard deviation of each group, and calls `write` with them.
    func forward(
        _ input: UnsafePointer<Float>, saved: UnsafeMutablePointer<Float>,
        _ write: (_ group: Int, _ mean: Float, _ reciprocal: Float) -> Void
    ) {
        forEachGroup { group in
            let numbers = input + group * length
            let mean = Float(blocks { Planes.sum(numbers + $0, count: $1) } / Double(length))
            let variance = Float(
                blocks { Planes.squaredDistance(numbers + $0, from: mean, count: $1) } / Double(length))
            let reciprocal = 1 / (variance + epsilon).squareRoot()
            saved[group] = mean
            saved[count + group] = reciprocal
            write(group, mean, reciprocal)
        }
    }

    /// Adds to the input's gradient. With g the output's gradient times the scale, x' the normalized input, and means over the group,
    ///
    ///     d input = (g - mean(g) - x' · mean(g · x')) / sqrt(variance + epsilon)
    ///
    /// - Parameter slope: g at a position of the whole value.
    @inline(__always)
    func backward(
        _ input: UnsafePointer<Float>, saved: UnsafePointer<Float>, into gradient: UnsafeMutablePointer<Float>,
        slope: (_ group: Int, _ place: Int) -> Float
    ) {
        forEachGroup { group in
            let (mean, reciprocal, start) = (saved[group], saved[count + group], group * length)
            let sum = Planes.sum(length) { slope(group, start + $0) }
            let product = Planes.sum(length) { slope(group, start + $0) * (input[start + $0] - mean) * reciprocal }
            let (common, perUnit) = (sum / Float(length), product / Float(length))
            for place in start..<start + length {
                let normalized = (input[place] - mean) * reciprocal
                gradient[place] += reciprocal * (slope(group, place) - common - normalized * perUnit)
            }
        }
    }

    private func forEachGroup(_ body: (Int) -> Void) {
        let together = max(1, (1 << 13) / length)
        Parallel.forEach((count + together - 1) / together) { unit, _ in
            for group in unit * together..<min(count, (unit + 1) * together) { body(group) }
        }
    }

    /// Returns the sum over a group: blocks are summed in float, their sums are added in double precision.
    private func blocks(_ sum: (_ start: Int, _ count: Int) -> Float) -> Double {
        var total = 0.0
        for start in stride(from: 0, to: length, by: 1 << 12) {
            total += Double(sum(start, min(1 << 12, length - start)))
        }
        return total
    }
}
