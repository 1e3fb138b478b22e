import Boxes
import Datasets
import Foundation
import Images

/// Reports a data set's problems and content, and how well a detector can perform on it.
public enum DatasetCheck {
    /// Checks a data set.
    ///
    /// - Parameters:
    ///   - inputSize: The size of the network's input; box sizes and the ceiling depend on it.
    ///   - readsImages: Whether every image is decoded; otherwise only annotations are checked, with the image sizes that they state.
    /// - Throws: ``DatasetError`` when there is no data set, or nothing in it is usable.
    /// - Precondition: The input is at least 8 pixels high and wide.
    public static func run(
        source: DatasetSource, inputSize: InputExtent, readsImages: Bool = true
    ) throws(DatasetError) -> DatasetCheckReport {
        precondition(
            min(inputSize.rows, inputSize.columns) >= 8, "an input of \(inputSize) pixels has no output map")
        let index = try DatasetIndex(source, readsImages: readsImages)
        let files = index.images.map { $0.sample == nil ? nil : $0.imageURL }
        let checks = readsImages ? ImageCheck.check(files) : []
        var problems = index.findings + index.splits.flatMap(\.problems)
        var samples = index.images.map(\.sample)
        for (position, image) in index.images.enumerated() {
            problems += index.ownProblems(of: image)
            if let sample = image.sample, let problem = Self.sizeProblem(of: sample) { problems.append(problem) }
            guard readsImages, let file = files[position] else { continue }
            let check = checks[position]
            if let failure = check.failure {
                problems.append(DatasetProblem(file: file, rule: .unreadableImage, message: failure))
                samples[position] = nil
            } else if let remark = check.remark {
                problems.append(DatasetProblem(file: file, rule: .missingEndMarker, message: "the file \(remark)"))
            }
        }
        let usable = samples.compactMap { $0 }
        if usable.isEmpty, let first = problems.first {
            throw .nothingUsable(
                path: source.root.relativePath, problems: problems.count, first: first.description)
        }
        problems += duplicates(checks, files: files, splits: index.splits)
        return DatasetCheckReport(
            index: index, problems: problems, samples: samples,
            summary: DatasetSummary(index, samples, usable: usable, inputSize: inputSize))
    }

    /// Reports an image that cannot be drawn, and so is left out of drawings.
    private static func sizeProblem(of sample: Sample) -> DatasetProblem? {
        guard let width = sample.width, let height = sample.height, max(width, height) > maximumDrawingSide else {
            return nil
        }
        return DatasetProblem(
            file: sample.imageURL, rule: .tooLargeToDraw,
            message: "it has \(width) x \(height) pixels; up to \(maximumDrawingSide) in each direction can be drawn")
    }

    /// Reports duplicate images: redundant within a split, data leakage across splits.
    private static func duplicates(
        _ checks: [ImageCheck], files: [URL?], splits: [IndexedSplit]
    ) -> [DatasetProblem] {
        var homes: [Int: Set<String>] = [:]
        // `trainval` is not a split of its own, only the union of two.
        for split in splits where split.name != "trainval" {
            for index in split.members { homes[index, default: []].insert(split.name) }
        }
        var problems = homes.filter { $0.value.count > 1 }.sorted { $0.key < $1.key }.compactMap { index, names in
            files[index].map {
                DatasetProblem(
                    file: $0, rule: .duplicateAcrossSplits,
                    message: "it is in several splits: \(names.sorted().joined(separator: " and "))")
            }
        }
        for group in ImageCheck.duplicates(checks, files: files) {
            guard let original = files[group[0]] else { continue }
            for index in group.dropFirst() {
                guard let file = files[index], file != original else { continue }
                let isLeak = homes[index] != homes[group[0]]
                let home = isLeak ? " (\(homes[group[0], default: []].sorted().joined(separator: ", ")))" : ""
                problems.append(
                    DatasetProblem(
                        file: file, rule: isLeak ? .duplicateAcrossSplits : .duplicateImage,
                        message: "it is identical to \(original.lastPathComponent)\(home)"))
            }
        }
        return problems
    }
}
