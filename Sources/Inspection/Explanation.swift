import Tensors

/// Why a network answered with a number: a map of what it looked at, for each layer that was asked, or for the input.
public struct Explanation: Sendable {
    /// How it was made.
    public let method: Method
    /// What is explained.
    public let target: Target
    /// The target's number.
    public let value: Float
    /// A map a layer, in the order in which layers were asked for; one for the input where the method looks there.
    public let layers: [LayerMap]
    /// How long it took, its share of what was computed for several targets together.
    public let milliseconds: Double

    /// The one map of all layers, `[row, column]` in `0...1` at the input's size, as pytorch-grad-cam makes it: each layer's map is
    /// rectified, stretched to `0...1` and resized (bilinearly, half-pixel centres); their mean is stretched again.
    ///
    /// - Returns: Nothing when all maps are flat. Flat ones among others count as zero.
    public func combined(rows: Int, columns: Int) -> Tensor? {
        let maps = layers.filter { $0.flatness == nil }.map { $0.scaled(rows: rows, columns: columns) }
        if maps.isEmpty { return nil }
        var mean = Tensor([rows, columns])
        let share = 1 / Float(layers.count)
        for map in maps {
            mean.withMutableElements { sum in
                map.withElements { values in for index in sum.indices { sum[index] += share * values[index] } }
            }
        }
        return minMaxScaled(mean)
    }
}

/// What one layer says.
public struct LayerMap: Sendable {
    /// The layer.
    public let layer: String
    /// `[row, column]`, as the method's formula makes it: neither rectified nor stretched.
    public let map: Tensor
    /// Why there is nothing to see; nil when there is.
    public let flatness: Flatness?
    /// The lowest and the highest number of the rectified map.
    public let range: ClosedRange<Float>

    /// A map with what is to be known about it.
    public init(layer: String, map: Tensor) {
        self.layer = layer
        self.map = map
        (flatness, range) = Flatness.judge(map)
    }

    /// The map as pytorch-grad-cam returns it: rectified, stretched to `0...1`, resized.
    public func scaled(rows: Int, columns: Int) -> Tensor {
        resized(minMaxScaled(rectified(map)), rows: rows, columns: columns)
    }
}

/// Why a map shows nothing. Such a map is not stretched until it looks like something.
public enum Flatness: String, Hashable, Sendable {
    /// All of it is zero: the layer has no part in the target.
    case zero
    /// Nowhere is it above zero: all that the layer says speaks against the target.
    case negative
    /// The same everywhere.
    case uniform
    /// Something in it is not a number, or infinite.
    case notFinite = "not-finite"

    /// A sentence for people.
    public var sentence: String {
        switch self {
        case .zero: "flat: this layer has no part in the answer"
        case .negative: "flat: all that this layer says speaks against the answer"
        case .uniform: "flat: the same everywhere"
        case .notFinite: "not finite: the network's numbers are out of range"
        }
    }

    /// Judges a raw map, and finds the range of the rectified one.
    static func judge(_ map: Tensor) -> (Flatness?, ClosedRange<Float>) {
        var (low, high) = (Float.infinity, -Float.infinity)
        let isFinite = map.withElements { values in
            for value in values {
                low = value < low ? value : low
                high = value > high ? value : high
            }
            return values.allSatisfy(\.isFinite)
        }
        guard isFinite, low <= high else { return (.notFinite, 0...0) }
        let range = max(0, low)...max(0, high)
        if low == 0 && high == 0 { return (.zero, range) }
        if high <= 0 { return (.negative, range) }
        // Less than the rounding of the numbers that it is made of.
        if range.upperBound - range.lowerBound <= 1e-6 * max(-low, high) { return (.uniform, range) }
        return (nil, range)
    }
}
