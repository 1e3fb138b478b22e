import Boxes
import JSON

/// What a COCO file says about joints: names and limbs with its categories, `[x, y, visibility, …]` with its objects.
///
/// COCO's coordinates are taken as they are, as those of its boxes: a joint lies in the same continuous pixels as its box.
struct COCOJoints {
    /// The joints of every class that has any; nil before one has.
    private(set) var skeleton: Skeleton?
    /// The categories with these joints.
    private var categories: Set<Int> = []
    /// The categories that have joints without being able to.
    private var reported: Set<Int> = []

    typealias Report = (DatasetRule, String) -> Void

    /// Takes in a category.
    mutating func addCategory(_ entry: JSONValue, id: Int, name: String, report: Report) {
        guard let value = entry.optional("keypoints") else { return }
        guard let names = try? value.strings(), !names.contains("") else {
            return report(.badSkeleton, "the joints of '\(name.prefix(80))' have no names; they were left out")
        }
        if names.isEmpty { return }
        guard Set(names).count == names.count, names.count <= 1000 else {
            let fault = names.count > 1000 ? "are more than 1000" : "have the same name twice"
            return report(.badSkeleton, "the joints of '\(name.prefix(80))' \(fault); they were left out")
        }
        if let skeleton {
            guard skeleton.jointNames == names else {
                return report(
                    .badSkeleton,
                    "the joints of '\(name.prefix(80))' are other than those of the categories before; they were left out"
                )
            }
        } else {
            skeleton = Skeleton(
                jointNames: names, limbs: limbs(entry, count: names.count, name: name, report: report))
        }
        categories.insert(id)
    }

    /// The pairs of `skeleton`, which COCO counts from 1; where a 0 stands somewhere, they are counted from 0.
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
                "\(entries.count - usable.count) limbs of '\(name.prefix(80))' are not between two of its \(count) joints; "
                    + "they were left out")
        }
        return usable.map { Skeleton.Pair($0.first - first, $0.second - first) }
    }

    /// The joints of an object; empty where it has none that can be used.
    mutating func joints(_ entry: JSONValue, category: Int, report: Report) -> [Joint<ImagePixels>] {
        guard let skeleton, categories.contains(category) else {
            if entry.optional("keypoints") != nil, reported.insert(category).inserted {
                report(.badSkeleton, "it has joints, and its category names none that can be used; they were left out")
            }
            return []
        }
        let count = skeleton.jointCount
        guard let value = entry.optional("keypoints") else {
            report(.missingJoints, "it says nothing of its \(count) joints")
            return []
        }
        guard let numbers = try? value.numbers() else {
            report(.notANumber, "its joints are not all numbers; they were left out")
            return []
        }
        guard numbers.count == 3 * count else {
            report(
                .wrongJointCount,
                "it has \(numbers.count) numbers for \(count) joints, where three each were expected; they were left out"
            )
            return []
        }
        let joints = (0..<count).map { index in
            let name = skeleton.jointNames[index]
            return joint(numbers[3 * index], numbers[3 * index + 1], numbers[3 * index + 2], name: name, report)
        }
        let annotated = joints.count(where: \.isAnnotated)
        if let stated = entry.optional("num_keypoints"), (try? stated.integer()) != annotated {
            report(.wrongJointCount, "it states another number of annotated joints than it has, which is \(annotated)")
        }
        return joints
    }

    private func joint(
        _ x: Double, _ y: Double, _ visibility: Double, name: String, _ report: Report
    ) -> Joint<ImagePixels> {
        if visibility == 0 { return .absent }
        guard abs(x) < 1e9, abs(y) < 1e9, visibility.isFinite else {
            report(.notANumber, "its \(name.prefix(80)) is at no finite place; it was left out")
            return .absent
        }
        if visibility == 1 || visibility == 2 {
            return Joint(x: x, y: y, visibility: visibility == 1 ? .hidden : .visible)
        }
        let taken = visibility > 0 ? "visible" : "absent"
        report(
            .unknownVisibility,
            "the visibility of its \(name.prefix(80)) is \(plain(visibility)); it is taken to be \(taken)")
        return visibility > 0 ? Joint(x: x, y: y) : .absent
    }
}
