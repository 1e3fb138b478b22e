/// Which classes can be learned and measured, and which are the same by another name.
struct ClassAdvice {
    /// The classes to train on; nil keeps all.
    let kept: [String]?
    /// Why the others are left out.
    let reason: String
    /// What no setting changes.
    let remarks: [String]

    /// Fewer objects than this teach a network nothing.
    private static let fewestObjects = 10

    init(_ classes: [DatasetFacts.Class]) {
        var remarks: [String] = []
        var twins: Set<String> = []
        for (index, first) in classes.enumerated() {
            for second in classes[(index + 1)...] {
                let isFewer = Self.count(first) < Self.count(second)
                let (rare, common) = isFewer ? (first, second) : (second, first)
                guard areNamesOfOneClass(rare: rare.name, common: common.name, share: Self.share(rare, common)) else {
                    continue
                }
                twins.formUnion([first.name, second.name])
                remarks.append(
                    "'\(rare.name)' (\(Self.objects(rare))) and '\(common.name)' (\(Self.objects(common))) look like one class by "
                        + "two names: rename one of them in the annotations.")
            }
        }
        let rare = classes.filter { $0.trainingObjects < Self.fewestObjects && !twins.contains($0.name) }
        let rest = classes.filter { one in !rare.contains { $0.name == one.name } }
        kept = rare.isEmpty || rest.isEmpty ? nil : rest.map(\.name)
        reason =
            "Too few objects to be learned: "
            + rare.map { "'\($0.name)' (\($0.trainingObjects) in training)" }.joined(separator: ", ")
            + ". They are left out; with more annotations, remove this line."
        for one in rest where one.validationObjects == 0 {
            remarks.append(
                "'\(one.name)' is not in the validation split, so nothing measures it: move some of its images there.")
        }
        self.remarks = remarks
    }

    private static func count(_ one: DatasetFacts.Class) -> Int { one.trainingObjects + one.validationObjects }

    private static func share(_ rare: DatasetFacts.Class, _ common: DatasetFacts.Class) -> Double {
        Double(count(rare)) / Double(max(1, count(common)))
    }

    private static func objects(_ one: DatasetFacts.Class) -> String {
        "\(count(one)) \(count(one) == 1 ? "object" : "objects")"
    }
}

/// Returns whether two names are probably those of one class: they differ in case, spaces and punctuation alone, in a plural `s`, or in one
/// letter of a long name, if one of them is so rare that it looks like a slip.
///
/// - Parameter share: The objects of the rare class, as a part of those of the common one.
func areNamesOfOneClass(rare: String, common: String, share: Double) -> Bool {
    func plain(_ name: String) -> String { String(name.lowercased().filter { $0.isLetter || $0.isNumber }) }
    let (a, b) = (plain(rare), plain(common))
    // Names of signs alone say nothing.
    if a.isEmpty || b.isEmpty { return false }
    if a == b { return true }
    let (short, long) = a.count < b.count ? (a, b) : (b, a)
    if short.count >= 3, long == short + "s" { return true }
    return short.count >= 6 && share < 0.1 && differByOneLetter(Array(short), Array(long))
}

/// Returns whether one letter was changed, added or left out; a digit distinguishes classes on purpose.
private func differByOneLetter(_ short: [Character], _ long: [Character]) -> Bool {
    guard long.count - short.count <= 1 else { return false }
    let start = zip(short, long).prefix { $0 == $1 }.count
    let (restShort, restLong) = (short[start...], long[start...])
    if restLong.first?.isNumber == true || restShort.first?.isNumber == true { return false }
    return short.count == long.count
        ? restShort.dropFirst().elementsEqual(restLong.dropFirst()) : restShort.elementsEqual(restLong.dropFirst())
}
