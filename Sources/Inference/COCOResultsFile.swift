import Datasets
import Evaluation
import Foundation
import JSON
import Tensors

/// A file in COCO's results format, written detection by detection: none is kept in memory. Readers see it only when it is complete.
public final class COCOResultsFile {
    private let file: AtomicFile
    private let categoryIDs: [Int]
    private var list = JSONListText()

    /// Begins a file.
    ///
    /// - Parameter categoryIDs: The id of each class.
    /// - Throws: ``FileWriteError``, as the other methods.
    public init(_ url: URL, categoryIDs: [Int]) throws(FileWriteError) {
        file = try AtomicFile(url)
        self.categoryIDs = categoryIDs
    }

    /// Adds a detection, in the image with this id; ``ScoredBox/image`` is not used.
    public func add(_ detection: ScoredBox, in image: ImageIdentity) throws(FileWriteError) {
        try file.append(text: list.adding(COCOResults.entry(detection, image: image, categoryIDs: categoryIDs)))
    }

    /// Completes the file.
    public func finish() throws(FileWriteError) {
        try file.append(text: list.end)
        try file.finish()
    }
}
