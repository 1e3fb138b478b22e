import Foundation
import Tensors

/// How a map of numbers is coloured and drawn over its image.
public struct MapStyle: Hashable, Sendable {
    /// How much of the image the colours hide.
    public enum Blending: String, CaseIterable, Sendable {
        /// The same everywhere: `image * (1 - opacity) + colour * opacity`.
        case uniform
        /// Stronger values hide more: the lowest keep the image, and the strongest hide `opacity` of it. In between, opacity grows with the
        /// strength to the power of 0.8, as in Group-CAM's figures (Zhang et al. 2021).
        case byStrength = "by-strength"
    }

    /// The colours.
    public var colormap: Colormap
    /// The maximum share of the image that is hidden, in `0...1`.
    public var opacity: Double
    /// How the opacity depends on the value.
    public var blending: Blending
    /// The values of the first and the last colour; nil means each map's own minimum and maximum.
    ///
    /// Maps drawn with the same range can be compared.
    public var range: ClosedRange<Float>?
    /// The note shown instead of the colour bar when a map is flat: such a map is not coloured.
    public var flatNote: String

    /// Creates a style; the opacity is clamped to `0...1`.
    public init(
        colormap: Colormap = .turbo, opacity: Double = 0.75, blending: Blending = .byStrength,
        range: ClosedRange<Float>? = nil, flatNote: String = "flat: this layer does not reach the target"
    ) {
        self.colormap = colormap
        self.opacity = opacity > 0 ? min(opacity, 1) : 0
        self.blending = blending
        self.range = range
        self.flatNote = flatNote
    }

    /// The values of the first and the last colour; nil when the map is flat.
    func range(for map: Tensor) -> ClosedRange<Float>? {
        guard let own = map.spread else { return nil }
        return range ?? own
    }
}

/// The common range of several maps: from the minimum of all to the maximum; nil when all maps are flat.
public func commonRange(of maps: some Sequence<Tensor>) -> ClosedRange<Float>? {
    maps.lazy.compactMap(\.spread).reduce(nil) { range, own in
        guard let range else { return own }
        return min(range.lowerBound, own.lowerBound)...max(range.upperBound, own.upperBound)
    }
}

extension Tensor {
    /// The smallest and the largest finite value; nil when they are equal, or there is none.
    public var spread: ClosedRange<Float>? {
        var (low, high) = (Float.infinity, -Float.infinity)
        withElements { elements in
            for element in elements where element.isFinite {
                low = min(low, element)
                high = max(high, element)
            }
        }
        return low < high ? low...high : nil
    }
}

/// Formats a number with three significant digits: `0.0132`, `1.5e-7`, `42`.
package func shortNumber(_ value: Float) -> String {
    let text = String(format: "%.3g", value == 0 ? 0 : value)
    guard let exponent = text.firstIndex(of: "e") else { return text }
    return text[..<exponent] + "e" + String(Int(text[exponent...].dropFirst()) ?? 0)
}
