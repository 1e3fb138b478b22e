/// A column of a ``FaithfulnessTable``.
public enum FaithfulnessMeasure: String, CaseIterable, Sendable {
    /// The area below the deletion curve.
    case deletion
    /// The area below the insertion curve.
    case insertion
    /// The mean relative drop, in percent.
    case averageDrop
    /// The share of maps, in percent, for which the image masked by the map scores higher.
    case increase
    /// The share of maps, in percent, that point into the object's box.
    case pointingGame
    /// The mean share of the map's energy in the object's box, in percent.
    case energyInBox
    /// The mean time per map.
    case milliseconds

    /// The measures of faithfulness: all but the time.
    public static let ofFaithfulness = allCases.filter { $0 != .milliseconds }

    /// Whether less is better.
    public var lowerIsBetter: Bool {
        switch self {
        case .deletion, .averageDrop, .milliseconds: true
        case .insertion, .increase, .pointingGame, .energyInBox: false
        }
    }

    /// The heading of its column.
    public var title: String {
        switch self {
        case .deletion: "deletion"
        case .insertion: "insertion"
        case .averageDrop: "drop %"
        case .increase: "increase %"
        case .pointingGame: "pointing %"
        case .energyInBox: "energy %"
        case .milliseconds: "ms"
        }
    }

    /// Formats a value for its column; a dash if it was not measured.
    public func text(_ value: Double) -> String {
        guard value.isFinite else { return "-" }
        return switch self {
        case .deletion, .insertion: fixed(value, 3)
        case .averageDrop, .increase, .pointingGame, .energyInBox, .milliseconds: fixed(value, 1)
        }
    }

    /// Whether one value is better than another, as measured, not as rounded for the table.
    public func isBetter(_ value: Double, than other: Double) -> Bool {
        lowerIsBetter ? value < other : value > other
    }
}
