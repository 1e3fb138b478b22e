import Datasets
import Foundation
import Jobs
import Tensors

/// The experiment file that advice is written to.
package enum AdviceFile {
    /// Checks that a file may be written, before anything is measured.
    ///
    /// - Throws: ``OutputError/sameFile(_:_:)`` instead of replacing a file of the data set.
    package static func requireApart(_ file: URL, from index: DatasetIndex) throws(OutputError) {
        try InputFiles(index.files).requireApart(file)
    }

    /// Writes advice as an experiment file.
    ///
    /// - Parameter root: The data set's path.
    package static func write(_ advice: Advice, to file: URL, root: String) throws(FileWriteError) {
        // A relative path in an experiment file is one from the file's folder.
        let root = URL(fileURLWithPath: root).standardizedFileURL.path
        let text = advice.experiment(root: root, file: file.relativePath)
        try writeAtomically(Data(text.utf8), to: file)
    }
}
