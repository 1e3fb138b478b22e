import Foundation

extension DatasetSource {
    /// What annotations say about single pictures, without reading those of all others.
    ///
    /// - Parameters:
    ///   - files: pictures of the data set, or copies of them elsewhere that have kept their names.
    ///   - classNames: the classes in the network's order.
    /// - Returns: for each file its sample, or nil where nothing usable speaks of it; and what is wrong with them.
    /// - Throws: ``DatasetError`` when there is no such data set.
    package func samples(
        of files: [URL], classNames: [String]
    ) throws(DatasetError) -> (samples: [Sample?], problems: [DatasetProblem]) {
        let pictures = try listing().pictures
        let judge = AnnotationJudge(
            classIndices: Dictionary(
                classNames.enumerated().map { ($1, $0) }, uniquingKeysWith: { first, _ in first }))
        let byPath = Dictionary(
            pictures.compactMap { picture in picture.imageURL.map { (Self.path($0), picture) } },
            uniquingKeysWith: { first, _ in first })
        let byName = Dictionary(grouping: pictures, by: \.id)
        let listed = files.map { file -> ListedPicture? in
            if let picture = byPath[Self.path(file)] { return picture }
            let namesakes = byName[file.deletingPathExtension().lastPathComponent] ?? []
            return namesakes.count == 1 ? namesakes[0] : nil
        }
        var results = PictureReading.read(listed.compactMap { $0 }).map { $0.sample(judge) }[...]
        let found = listed.map { $0.flatMap { _ in results.popFirst() } }
        return (found.map { $0?.sample }, found.flatMap { $0?.problems ?? [] })
    }

    private static func path(_ url: URL) -> String { url.resolvingSymlinksInPath().standardizedFileURL.path }
}
