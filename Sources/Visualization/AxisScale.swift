import Foundation

/// An axis of a plot: the range it shows and its ticks, all at round numbers.
package struct AxisScale: Hashable, Sendable {
    /// The numbers at both ends.
    package let range: ClosedRange<Double>
    /// Where the ticks are.
    package let ticks: [Double]
    private let step: Double

    /// Creates an axis that shows all of `values` with about `tickCount` ticks.
    ///
    /// If the numbers are not far from 0, the axis starts at 0; axes of whole numbers get no ticks between them.
    package init(showing values: [Double], tickCount: Int, wholeNumbers: Bool = false) {
        // Below 1e-300 a tenth of a number is too small to be a step.
        let shown = values.filter(Self.shows).map { abs($0) < 1e-300 ? 0 : $0 }
        var low = shown.min() ?? 0
        var high = shown.max() ?? 1
        if low > 0 && low < high / 2 { low = 0 }
        if high < 0 && high > low / 2 { high = 0 }
        if high - low <= 1e-9 * max(abs(low), abs(high)) {
            let room = low == 0 ? 1 : abs(low) / 2
            (low, high) = (low == 0 ? 0 : low - room, high + room)
        }
        let step = Self.roundStep((high - low) / Double(max(1, tickCount)), wholeNumbers: wholeNumbers)
        let first = (low / step + 1e-9).rounded(.down)
        let last = (high / step - 1e-9).rounded(.up)
        self.step = step
        ticks = (0...Int(min(1000, last - first))).map { (first + Double($0)) * step }
        range = first * step...last * step
    }

    /// Whether a number can be placed on an axis; near the largest representable numbers, differences overflow.
    package static func shows(_ value: Double) -> Bool { value.isFinite && abs(value) < 1e300 }

    /// The position of a number on the axis: 0 at its beginning, 1 at its end.
    package func position(_ value: Double) -> Double {
        (value - range.lowerBound) / (range.upperBound - range.lowerBound)
    }

    /// All ticks as text.
    package var labels: [String] { ticks.map(label) }

    /// A tick as text, with as many decimals as needed to tell all ticks apart.
    package func label(_ tick: Double) -> String {
        let largest = max(abs(range.lowerBound), abs(range.upperBound))
        if largest >= 1e6 || largest < 1e-3 {
            let digits = max(3, Int(log10(largest / step).rounded(.up)) + 1)
            return tick == 0 ? "0" : String(format: "%.*g", digits, tick)
        }
        let decimals = max(0, Int((-log10(step) - 1e-9).rounded(.up)))
        return String(format: "%.*f", decimals, tick == 0 ? 0 : tick)
    }

    /// The smallest round number (1, 2 or 5 times a power of ten) that is not below a distance.
    private static func roundStep(_ distance: Double, wholeNumbers: Bool) -> Double {
        let power = pow(10, log10(distance).rounded(.down))
        let step = [1, 2, 5, 10].map { $0 * power }.first { $0 >= distance * (1 - 1e-9) } ?? 10 * power
        return wholeNumbers ? max(1, step) : step
    }
}
