import Foundation

/// Combines problems that most objects or images share into single findings.
struct ProblemCollapse {
    /// The combined findings.
    private(set) var findings: [DatasetProblem] = []
    /// The rules whose problems were combined.
    private(set) var rules: Set<DatasetRule> = []

    /// Rules about a way of annotating rather than about a single object.
    private static let always: Set<DatasetRule> = [.exifAmbiguous]
    /// Rules that indicate the convention of a tool when most objects break them.
    private static let habits: Set<DatasetRule> = [
        .zeroBasedBox, .outsideImage, .invertedBox, .enclosingBox, .sizeMismatch, .resizedImage, .exifRotated,
        .wrongFilename, .extensionLies, .nameWithSpaces, .secondBox, .bareAmpersand, .missingKeypoints, .missingImage,
        .missingEndMarker,
    ]

    init(_ images: [IndexedImage], root: URL) {
        var counts: [DatasetRule: (count: Int, images: Int, first: DatasetProblem)] = [:]
        var (objects, imageCount) = (0, 0)
        for image in images {
            objects += image.sample?.objects.count ?? 0
            if !image.isUnannotated { imageCount += 1 }
            var seen: Set<DatasetRule> = []
            for problem in image.problems where Self.always.contains(problem.rule) || Self.habits.contains(problem.rule)
            {
                counts[problem.rule, default: (0, 0, problem)].count += 1
                if seen.insert(problem.rule).inserted { counts[problem.rule]?.images += 1 }
            }
        }
        for rule in DatasetRule.allCases {
            guard let (count, images, first) = counts[rule] else { continue }
            let isOfObjects = first.object != nil
            let whole = isOfObjects ? objects : imageCount
            guard Self.always.contains(rule) || (count >= 20 && 2 * count >= whole) else { continue }
            rules.insert(rule)
            let share =
                isOfObjects
                ? "in \(count) of \(max(count, objects)) objects" : "in \(images) of \(imageCount) images"
            findings.append(
                .systematic(
                    root, rule, "\(share): \(first.message) (first: \(Self.place(first)))", severity: first.severity))
        }
    }

    private static func place(_ problem: DatasetProblem) -> String {
        problem.file.lastPathComponent + (problem.line.map { ":\($0)" } ?? "")
            + (problem.object.map { ", object \($0)" } ?? "")
    }
}
