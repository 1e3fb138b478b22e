import Foundation

/// Reads all of a data set and says what is wrong with it, what is in it, and how good a detector on it can get.
public enum DatasetCheck {
    /// Checks a data set; every picture is decoded.
    ///
    /// - Parameters:
    ///   - inputSize: The side of the network's input in pixels; box sizes and the ceiling depend on it.
    ///   - classNames: The classes asked for; nil takes all that the annotations name.
    /// - Throws: ``DatasetError`` when there is no data set, or nothing in it that can be used.
    /// - Precondition: the input is at least 8 pixels wide.
    public static func run(
        source: DatasetSource, inputSize: Int, classNames: [String]? = nil
    ) throws(DatasetError) -> DatasetCheckReport {
        precondition(inputSize >= 8, "an input of \(inputSize) pixels has no output map")
        let listing = try source.listing()
        let readings = PictureReading.read(listing.pictures)
        let names = classNames ?? DatasetSource.classNames(in: readings, of: listing)
        let indices = Dictionary(names.enumerated().map { ($1, $0) }, uniquingKeysWith: { first, _ in first })
        let judge = AnnotationJudge(classIndices: indices)
        let files = readings.map(\.imageURL)
        let examinations = PictureExamination.examine(files)

        var problems = listing.problems + listing.splits.flatMap(\.problems)
        var samples: [Sample?] = []
        for (reading, examination) in zip(readings, examinations) {
            var (sample, found) = reading.sample(judge)
            // A broken header has been reported already.
            if let failure = examination.failure, sample != nil, let image = reading.imageURL {
                found.append(DatasetProblem(file: image, rule: .unreadableImage, message: failure))
                sample = nil
            }
            samples.append(sample)
            problems += found
        }
        if samples.allSatisfy({ $0 == nil }), let first = problems.first {
            throw .nothingUsable(
                path: source.root.relativePath, problems: problems.count, first: first.description)
        }
        let splits = listing.reportedSplits(source)
        let unusable = zip(samples, readings).filter { $0 == nil && !$1.isUsedElsewhere }.count
        problems += duplicates(examinations, files: files, splits: splits)
        return DatasetCheckReport(
            source: source, classNames: names, problems: problems,
            summary: summary(listing, samples, unusable: unusable, names: names, splits: splits, inputSize: inputSize),
            samples: samples, splits: splits, skeleton: listing.skeleton)
    }

    private static func summary(
        _ listing: DatasetListing, _ samples: [Sample?], unusable: Int, names: [String], splits: [ListedSplit],
        inputSize: Int
    ) -> DatasetSummary {
        let usable = samples.compactMap { $0 }
        return DatasetSummary(
            layout: listing.layout, images: usable.count, background: usable.filter(\.objects.isEmpty).count,
            objects: usable.reduce(0) { $0 + $1.objects.count }, unusable: unusable,
            classes: DatasetSummary.classes(names, samples: usable),
            splits: splits.map { split in
                let members = split.members.compactMap { samples[$0] }
                return DatasetSummary.Split(
                    name: split.name, images: members.count, background: members.filter(\.objects.isEmpty).count,
                    objects: members.reduce(0) { $0 + $1.objects.count })
            },
            hasLists: !listing.splits.isEmpty, inputSize: inputSize,
            boxes: BoxStatistics(usable, inputSize: inputSize, classCount: names.count),
            ceiling: TargetCeiling(usable, inputSize: inputSize, classNames: names),
            joints: listing.skeleton.map { JointSummary(usable, skeleton: $0) })
    }

    /// Pictures that are there twice: in one split it is waste, in two it makes the examination worthless.
    private static func duplicates(
        _ examinations: [PictureExamination], files: [URL?], splits: [ListedSplit]
    ) -> [DatasetProblem] {
        var homes: [Int: Set<String>] = [:]
        // `trainval` is not a split of its own, only both together.
        for split in splits where split.name != "trainval" {
            for index in split.members { homes[index, default: []].insert(split.name) }
        }
        var problems = homes.filter { $0.value.count > 1 }.sorted { $0.key < $1.key }.compactMap { index, names in
            files[index].map {
                DatasetProblem(
                    file: $0, rule: .duplicateAcrossSplits,
                    message: "it is in the lists of \(names.sorted().joined(separator: " and "))")
            }
        }
        for group in PictureExamination.duplicates(examinations, files: files) {
            guard let original = files[group[0]] else { continue }
            for index in group.dropFirst() {
                guard let file = files[index], file != original else { continue }
                let isLeak = homes[index] != homes[group[0]]
                let home = isLeak ? " (\(homes[group[0], default: []].sorted().joined(separator: ", ")))" : ""
                problems.append(
                    DatasetProblem(
                        file: file, rule: isLeak ? .duplicateAcrossSplits : .duplicatePicture,
                        message: "it is the same picture as \(original.lastPathComponent)\(home)"))
            }
        }
        return problems
    }
}

extension DatasetListing {
    /// Every split with its members, made by the seed where there are no lists.
    func reportedSplits(_ source: DatasetSource) -> [ListedSplit] {
        splitNames.compactMap {
            split($0, seed: source.splitSeed, validationFraction: source.validationFraction)
        }
    }
}
