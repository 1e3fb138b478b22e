import Boxes
import Foundation

extension DatasetSource {
    /// Reads a split: `train`, `val`, `test` or what else the lists name, `trainval`, or `all`.
    ///
    /// Bad pictures, annotations and objects are left out or mended, and counted in the result's problems. Only the
    /// headers of pictures are read.
    ///
    /// - Parameter classNames: The classes in the network's order; nil takes all that the split's annotations name, sorted.
    /// - Throws: ``DatasetError`` when there is no such data set or split, when nothing in it can be used, or when no
    ///   annotation of the whole data set is of one of the classes.
    public func load(split: String, classNames: [String]? = nil) throws(DatasetError) -> DetectionDataset {
        let listing = try listing()
        guard let listed = listing.split(split, seed: splitSeed, validationFraction: validationFraction) else {
            throw .noSplit(path: root.relativePath, split: split, available: listing.splitNames)
        }
        let readings = PictureReading.read(listed.members.map { listing.pictures[$0] })
        let names = classNames ?? Self.classNames(in: readings, of: listing)
        let indices = Dictionary(names.enumerated().map { ($1, $0) }, uniquingKeysWith: { first, _ in first })
        let judge = AnnotationJudge(classIndices: indices)
        var dataset = DetectionDataset(
            classNames: names, samples: [], split: split, problems: listing.problems + listed.problems,
            skeleton: listing.skeleton)
        for reading in readings {
            let (sample, problems) = reading.sample(judge)
            if let sample { dataset.samples.append(sample) }
            dataset.problems += problems
        }
        if dataset.samples.isEmpty, let first = dataset.problems.first {
            throw .nothingUsable(
                path: root.relativePath, problems: dataset.problems.count, first: first.description)
        }
        if classNames != nil, dataset.problems.contains(where: { $0.rule == .unknownClass }),
            dataset.samples.allSatisfy(\.objects.isEmpty)
        {
            try requireAny(of: names)
        }
        return dataset
    }

    /// The classes that the data set declares, or else all that its annotations name; sorted.
    ///
    /// - Throws: ``DatasetError`` when there is no data set, or no object in it.
    public func discoverClasses() throws(DatasetError) -> [String] { try discover().classNames }

    /// The classes as ``discoverClasses()`` names them, and what the joints of the data set's objects are, if it has any.
    ///
    /// - Throws: ``DatasetError`` when there is no data set, or no object in it.
    public func discover() throws(DatasetError) -> (classNames: [String], skeleton: Skeleton?) {
        let listing = try listing()
        if let categories = listing.categories { return (categories, listing.skeleton) }
        let readings = PictureReading.read(listing.pictures)
        let names = Self.classNames(in: readings, of: listing)
        if names.isEmpty {
            let problems = listing.problems + readings.flatMap { $0.sample(AnnotationJudge()).problems }
            guard let first = problems.first else {
                throw .noDataset(path: root.relativePath, reason: "no annotation in it has an object")
            }
            throw .nothingUsable(path: root.relativePath, problems: problems.count, first: first.description)
        }
        return (names, listing.skeleton)
    }

    /// Makes sure that each class has an object somewhere in the data set: a name that has none is a slip of the pen.
    ///
    /// - Throws: ``DatasetError`` that names those without.
    public func require(classNames: [String]) throws(DatasetError) {
        let known = try discoverClasses()
        let unknown = classNames.filter { !known.contains($0) }
        if !unknown.isEmpty { throw .unknownClasses(path: root.relativePath, names: unknown, available: known) }
    }

    /// A split may lack a class or two; one that has no class in common with the network is another data set's.
    private func requireAny(of classNames: [String]) throws(DatasetError) {
        let known = try discoverClasses()
        if !known.contains(where: classNames.contains) {
            throw .unknownClasses(path: root.relativePath, names: classNames, available: known)
        }
    }

    /// The names of the splits that can be loaded, besides `trainval` and `all`.
    ///
    /// - Throws: ``DatasetError`` when there is no data set.
    public func splits() throws(DatasetError) -> [String] { try listing().splitNames }

    /// What there is, before annotations are read.
    func listing() throws(DatasetError) -> DatasetListing {
        let path = root.relativePath
        if FileSystem.isFile(root) {
            if root.pathExtension.lowercased() == "json" && format != .voc { return try COCOLayout.listing(file: root) }
            throw .noDataset(path: path, reason: "this is a file, and a data set is a folder or a COCO JSON file")
        }
        guard FileSystem.isFolder(root) else { throw .notFound(path: path) }
        var listing: DatasetListing?
        let isCOCO = format == .coco || format == .cocoKeypoints
        if !isCOCO { listing = VOCLayout.listing(of: root) }
        if listing == nil && format != .voc {
            listing = try COCOLayout.listing(folder: root, prefersKeypoints: format == .cocoKeypoints)
        }
        guard let listing else {
            let wanted = isCOCO ? "no COCO JSON file" : "no XML annotations"
            throw .noDataset(path: path, reason: "\(wanted) in this folder: it is no data set, or an empty one")
        }
        return listing
    }

    static func classNames(in readings: [PictureReading], of listing: DatasetListing) -> [String] {
        listing.categories ?? Set(readings.flatMap { $0.annotation?.objects.map(\.name) ?? [] }).sorted()
    }
}
