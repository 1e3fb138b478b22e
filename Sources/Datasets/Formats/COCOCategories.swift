import Boxes
import JSON

/// The classes and keypoints of COCO files: keypoint names and limbs come with the categories, `[x, y, visibility, …]` with the
/// objects.
///
/// COCO's coordinates are used unchanged, like those of its boxes: keypoints and boxes share the same continuous pixels.
struct COCOCategories {
    /// The keypoints of all classes that have any; nil before the first such class.
    private(set) var skeleton: Skeleton?
    /// The classes with these keypoints.
    private var classes: Set<Int> = []
    /// The classes whose objects were reported for having undefined keypoints.
    private var reported: Set<Int> = []

    /// The most keypoints of a class.
    static let maximumKeypoints = 1000

    typealias Report = (DatasetRule, String) -> Void

    /// Reads a name, which is a number in some files.
    private static func name(_ value: JSONValue) -> String? {
        if case .integer(let number) = value { return String(number) }
        return try? value.string()
    }

    /// Adds the categories of a file.
    ///
    /// - Returns: For each id the position in the raw data set's classes.
    mutating func add(
        _ entries: [(entry: JSONValue, line: Int)], to raw: inout RawDataset,
        report: (DatasetRule, String, _ line: Int) -> Void
    ) -> [ImageIdentity: Int] {
        var result: [ImageIdentity: Int] = [:]
        for (index, (entry, line)) in entries.enumerated() {
            guard let id = (try? entry["id"]).flatMap(ImageIdentity.init),
                let text = entry.optional("name").flatMap(Self.name)
            else {
                report(.missingField, "categories[\(index)] has no usable id and name; it was left out", line)
                continue
            }
            let name = text.trimmingWhiteSpace()
            if name.isEmpty {
                report(.missingField, "categories[\(index)] has an empty name; it was left out", line)
                continue
            }
            if name != text { report(.nameWithSpaces, "the category name was trimmed to '\(name.prefix(80))'", line) }
            if result[id] != nil {
                report(.unknownClass, "categories[\(index)] has the id \(id) of an earlier one; it was left out", line)
                continue
            }
            var number: Int?
            if case .number(let value) = id { number = value }
            // The same class in several files is one class.
            let known = raw.classes.entries.firstIndex { $0.name == name && $0.id == number }
            let classIndex = known ?? raw.classes.add(name, id: number)
            result[id] = classIndex
            addKeypoints(entry, of: classIndex, name: name) { report($0, $1, line) }
        }
        return result
    }

    private mutating func addKeypoints(_ entry: JSONValue, of classIndex: Int, name: String, report: Report) {
        guard let value = entry.optional("keypoints") else { return }
        guard let names = try? value.strings(), !names.contains("") else {
            return report(.badSkeleton, "the keypoints of '\(name.prefix(80))' have no names; they were left out")
        }
        if names.isEmpty { return }
        guard Set(names).count == names.count, names.count <= Self.maximumKeypoints else {
            let fault =
                names.count > Self.maximumKeypoints
                ? "number more than \(Self.maximumKeypoints)" : "have the same name twice"
            return report(.badSkeleton, "the keypoints of '\(name.prefix(80))' \(fault); they were left out")
        }
        if let skeleton {
            guard skeleton.keypointNames == names else {
                return report(
                    .badSkeleton,
                    "the keypoints of '\(name.prefix(80))' differ from those of an earlier category; they were left out"
                )
            }
        } else {
            skeleton = Skeleton(
                keypointNames: names, limbs: limbs(entry, count: names.count, name: name, report: report))
        }
        classes.insert(classIndex)
    }

    /// Reads the pairs of `skeleton`, which COCO counts from 1; if a 0 occurs, they are counted from 0.
    private func limbs(_ entry: JSONValue, count: Int, name: String, report: Report) -> [Skeleton.Pair] {
        guard let value = entry.optional("skeleton") else { return [] }
        let entries = (try? value.array()) ?? []
        let pairs = entries.compactMap { entry -> Skeleton.Pair? in
            guard let ends = try? entry.integers(), ends.count == 2 else { return nil }
            return Skeleton.Pair(ends[0], ends[1])
        }
        let first = pairs.contains { $0.first == 0 || $0.second == 0 } ? 0 : 1
        let usable = pairs.filter { pair in
            (first..<first + count).contains(pair.first) && (first..<first + count).contains(pair.second)
                && pair.first != pair.second
        }
        if usable.count < max(entries.count, (try? value.array()) == nil ? 1 : 0) {
            report(
                .badSkeleton,
                "\(entries.count - usable.count) limbs of '\(name.prefix(80))' do not connect two of its \(count) keypoints; "
                    + "they were left out")
        }
        return usable.map { Skeleton.Pair($0.first - first, $0.second - first) }
    }

    /// Reads the keypoints of an object; empty without usable ones.
    ///
    /// - Parameter written: The object's `keypoints` and `num_keypoints`; nil when it has neither.
    mutating func keypoints(
        _ written: COCOFile.WrittenKeypoints?, of classIndex: Int, report: Report
    ) -> [Keypoint<ImagePixels>] {
        guard let skeleton, classes.contains(classIndex) else {
            if written?.isGiven ?? false, reported.insert(classIndex).inserted {
                report(
                    .badSkeleton, "it has keypoints, but its category defines none that are usable; they were left out")
            }
            return []
        }
        let count = skeleton.keypointCount
        guard let written, written.isGiven else {
            report(.missingKeypoints, "its \(count) keypoints are missing; its box was kept")
            return []
        }
        guard let numbers = written.numbers else {
            report(.notANumber, "its keypoints are not all numbers; they were left out")
            return []
        }
        guard numbers.count == 3 * count else {
            report(
                .wrongKeypointCount,
                "it has \(numbers.count) numbers for \(count) keypoints instead of three each; they were left out"
            )
            return []
        }
        let keypoints = (0..<count).map { index in
            let name = skeleton.keypointNames[index]
            return keypoint(numbers[3 * index], numbers[3 * index + 1], numbers[3 * index + 2], name: name, report)
        }
        let annotated = keypoints.count(where: \.isAnnotated)
        if let stated = written.count, stated != annotated {
            report(
                .wrongKeypointCount,
                "its num_keypoints is not the number of its annotated keypoints, \(annotated); it was ignored")
        }
        return keypoints
    }

    private func keypoint(
        _ x: Double, _ y: Double, _ visibility: Double, name: String, _ report: Report
    ) -> Keypoint<ImagePixels> {
        if visibility == 0 { return .absent }
        guard abs(x) < 1e9, abs(y) < 1e9, visibility.isFinite else {
            report(.notANumber, "the coordinates of its \(name.prefix(80)) are not finite numbers; it was left out")
            return .absent
        }
        if visibility == 1 || visibility == 2 {
            return Keypoint(x: x, y: y, visibility: visibility == 1 ? .hidden : .visible)
        }
        let taken = visibility > 0 ? "visible" : "absent"
        report(
            .unknownVisibility,
            "the visibility of its \(name.prefix(80)) is \(plain(visibility)), not 0, 1 or 2; it was read as \(taken)")
        return visibility > 0 ? Keypoint(x: x, y: y) : .absent
    }
}
