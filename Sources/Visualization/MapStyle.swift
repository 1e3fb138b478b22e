import Foundation
import Tensors

/// How a map of numbers is coloured and laid over its image.
public struct MapStyle: Hashable, Sendable {
    /// How much of the image the colours hide.
    public enum Blending: String, CaseIterable, Sendable {
        /// The same everywhere: `image * (1 - opacity) + colour * opacity`.
        case uniform
        /// The more, the stronger: cold places keep the image, and the strongest hide `opacity` of it. Between them it grows
        /// with the strength to the power of 0.8, as in Group-CAM's figures (Zhang et al. 2021).
        case byStrength = "by-strength"
    }

    /// The colours.
    public var colormap: Colormap
    /// How much of the image is hidden at the most, in `0...1`.
    public var opacity: Double
    /// Where it is hidden.
    public var blending: Blending
    /// The numbers that get the first and the last colour; nil stands for each map's own smallest and largest.
    ///
    /// Maps drawn with one range can be compared.
    public var range: ClosedRange<Float>?
    /// What stands in the place of the colour bar when a map is flat: such a map is not coloured.
    public var flatNote: String

    /// A style; the opacity is brought into `0...1`.
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

    /// The numbers with the first and the last colour; nil when the map is flat.
    func range(for map: Tensor) -> ClosedRange<Float>? {
        guard let own = map.spread else { return nil }
        return range ?? own
    }
}

/// One range for several maps: from the smallest number of all to the largest; nil when all maps are flat.
public func commonRange(of maps: some Sequence<Tensor>) -> ClosedRange<Float>? {
    maps.lazy.compactMap(\.spread).reduce(nil) { range, own in
        guard let range else { return own }
        return min(range.lowerBound, own.lowerBound)...max(range.upperBound, own.upperBound)
    }
}

extension Tensor {
    /// The smallest and the largest finite number; nil when there is only one, or none.
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

/// A number with three digits: `0.0132`, `1.5e-7`, `42`.
package func shortNumber(_ value: Float) -> String {
    let text = String(format: "%.3g", value == 0 ? 0 : value)
    guard let exponent = text.firstIndex(of: "e") else { return text }
    return text[..<exponent] + "e" + String(Int(text[exponent...].dropFirst()) ?? 0)
}
