import Tensors

/// Why a network computed a value: a saliency map for each requested layer, or for the input.
public struct Explanation: Sendable {
    /// The method.
    public let method: Method
    /// What is explained.
    public let target: Target
    /// The target's value.
    public let value: Float
    /// A map per layer, in the order requested; one for the input where the method looks at the input.
    public let layers: [LayerMap]
    /// The time it took, including its share of what was computed for several targets together.
    public let milliseconds: Double

    /// Combines all layers into one map, `[row, column]` in `0...1` at the input's size, as pytorch-grad-cam does: each layer's map is
    /// rectified, stretched to `0...1` and resized (bilinearly, half-pixel centres); their mean is stretched again.
    ///
    /// - Returns: nil when all maps are flat. If only some are flat, those count as zero.
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

/// The saliency map of one layer.
public struct LayerMap: Sendable {
    /// The layer.
    public let layer: String
    /// `[row, column]`, as the method's formula gives it: neither rectified nor stretched.
    public let map: Tensor
    /// Why the map shows nothing; nil when it shows something.
    public let flatness: Flatness?
    /// The lowest and the highest value of the rectified map.
    public let range: ClosedRange<Float>

    /// Creates a map, and determines its flatness and range.
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

/// Why a map shows nothing. Such a map is not stretched, since that would make it look meaningful.
public enum Flatness: String, Hashable, Sendable {
    /// All of it is zero: the layer does not contribute to the target.
    case zero
    /// No value is above zero: everything in the layer counts against the target.
    case negative
    /// The same everywhere.
    case uniform
    /// Some value is NaN or infinite.
    case notFinite = "not-finite"

    /// A sentence for users.
    public var sentence: String {
        switch self {
        case .zero: "flat: this layer does not contribute to the target"
        case .negative: "flat: everything in this layer counts against the target"
        case .uniform: "flat: the same everywhere"
        case .notFinite: "not finite: the network's values are NaN or infinite"
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
        // The spread is below the rounding error of the values.
        if range.upperBound - range.lowerBound <= 1e-6 * max(-low, high) { return (.uniform, range) }
        return (nil, range)
    }
}
