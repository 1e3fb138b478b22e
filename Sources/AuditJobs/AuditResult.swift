import Auditing
import Datasets
import Foundation
import Jobs
import Tensors

/// The suspects of a data set, and the files about them.
package struct AuditResult {
    package let dataset: DetectionDataset
    private let output: OutputFolder
    /// The suspects, the most suspicious first; ``Suspect/image`` is a position in the data set's samples.
    package private(set) var suspects: [Suspect] = []
    /// The images that were audited.
    package private(set) var imageCount = 0

    /// From this score on, suspects are marked in the copied annotations: what is annotated then has a probability below 1 / e.
    package static let markedScore = 1.0

    package init(dataset: DetectionDataset, output: OutputFolder) {
        self.dataset = dataset
        self.output = output
    }

    /// Checks all places before anything is computed.
    ///
    /// - Parameter replaces: Whether annotations of an earlier audit may be replaced.
    package func requirePlaces(replaces: Bool) throws {
        let folder = output.file(AuditedAnnotations.folder)
        if !replaces, try FileKind.of(folder) == .folder, try !FolderListing.names(of: folder).isEmpty {
            throw AuditError.annotationsExist(folder: folder.relativePath)
        }
        let names = AuditedAnnotations.names(of: dataset.samples)
        try output.requireApart(
            [page, table, list] + names.map { folder.appendingPathComponent($0) })
    }

    /// The page for a browser.
    package var page: URL { output.file("audit.html") }
    private var table: URL { output.file("suspects.csv") }
    private var list: URL { output.file("suspects.json") }

    /// Ranks the objects and writes all files.
    ///
    /// - Parameter images: One per sample; nil where it could not be read.
    package func written(
        _ images: [AuditedImage?], folds: Int?, progress: @escaping (JobEvent) -> Void
    ) throws -> AuditResult {
        let known = images.indices.filter { images[$0] != nil }
        var result = self
        result.imageCount = known.count
        result.suspects = DisagreementRanking(
            known.compactMap { images[$0] }, classCount: dataset.classNames.count
        ).suspects.map { $0.moved(toImage: known[$0.image]) }
        let lines = SuspectLines(dataset: dataset)
        try lines.write(table: result.suspects, to: table)
        try lines.write(list: result.suspects, to: list)
        try AuditedAnnotations(dataset: dataset, suspects: result.marked).write(to: output)
        let page = try AuditPage(result: result, folds: folds).document { finished, count in
            progress(.working("drawing", finished: finished, count: count))
        }
        try output.write(page, to: self.page)
        return result
    }

    /// The suspects that are marked in the copied annotations.
    package var marked: [Suspect] { Array(suspects.prefix { $0.score >= Self.markedScore }) }

    /// The result for the terminal.
    package var text: String {
        let marked = marked
        let counts = Suspect.Kind.allCases.map { kind in "\(marked.count { $0.kind == kind }) \(kind)" }
        let lines = SuspectLines(dataset: dataset)
        let rows =
            [["rank", "score", "kind", "image", "annotated", "detected"]]
            + suspects.prefix(10).enumerated().map { rank, suspect in
                [
                    "\(rank + 1)", String(format: "%.2f", suspect.score), suspect.kind.rawValue,
                    dataset.samples[suspect.image].id, lines.annotated(suspect) ?? "-", lines.detected(suspect) ?? "-",
                ]
            }
        return textTable(rows) + "\n"
            + terminalLines([
                "",
                "\(imageCount) images, \(suspects.count) ranked; marked from a score of \(Self.markedScore) on: "
                    + counts.joined(separator: ", "),
                page.relativePath,
            ])
    }
}
