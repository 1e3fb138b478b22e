/// Collects a sentence for each value that is out of range, so that a user sees all problems at once.
struct RangeRules {
    let section: String
    private(set) var problems: [String] = []

    init(section: String) { self.section = section }

    mutating func require(_ name: String, _ value: Double, in range: ClosedRange<Double>) {
        // NaN is in no range.
        if range.contains(value) { return }
        add(
            "\(section).\(name) is \(Self.text(value)), but must be from \(Self.text(range.lowerBound)) "
                + "to \(Self.text(range.upperBound))")
    }

    mutating func requirePositive(_ name: String, _ value: Double) {
        if value > 0 && value.isFinite { return }
        add("\(section).\(name) is \(Self.text(value)), but must be above 0")
    }

    mutating func add(_ sentence: String) { problems.append(sentence) }

    private static func text(_ value: Double) -> String {
        value == value.rounded() && abs(value) < 1e15 ? String(Int(value)) : String(value)
    }
}
