import Datasets
import Experiments
import Foundation

extension ImageSource {
    /// Returns the images with the identities that they have in the data set of a model's run; images outside it keep theirs.
    ///
    /// - Parameter model: A run folder or a weights file in one; anything else has no data set.
    /// - Throws: ``FileError``, ``ExperimentError/unreadable(file:reason:)`` or ``DatasetError/unreadable(path:reason:)`` where the system
    ///   refuses a file or folder, since the identities depend on it. A data set that is invalid or was removed has none to give.
    public static func identified(_ images: [ImageSource], byRunOf model: URL) throws -> [ImageSource] {
        guard let source = try experiment(of: model)?.source, isAny(of: images, in: source.root),
            let index = try index(of: source)
        else { return images }
        let identities = index.identities
        return images.map { image in
            var image = image
            image.identity =
                identities[image.file.resolvingSymlinksInPath().standardizedFileURL.path] ?? image.identity
            return image
        }
    }

    private static func experiment(of model: URL) throws -> Experiment? {
        do { return try EvaluationJob.experiment(of: model) } catch let error as ExperimentError {
            if case .unreadable = error { throw error }
            return nil
        }
    }

    private static func index(of source: DatasetSource) throws(DatasetError) -> DatasetIndex? {
        do { return try DatasetIndex(source, readsImages: false) } catch {
            if case .unreadable = error { throw error }
            return nil
        }
    }

    /// Returns whether any image lies in the data set's folder, so that reading the data set is worthwhile.
    private static func isAny(of images: [ImageSource], in root: URL) -> Bool {
        var folder = root
        if !((try? root.resourceValues(forKeys: [.isDirectoryKey]).isDirectory) ?? false) {
            folder.deleteLastPathComponent()
        }
        let path = folder.resolvingSymlinksInPath().standardizedFileURL.path + "/"
        // Images of `annotations/train.json` lie beside its folder.
        let parent = (path as NSString).deletingLastPathComponent + "/"
        let start = folder == root ? path : parent
        return images.contains { $0.file.resolvingSymlinksInPath().standardizedFileURL.path.hasPrefix(start) }
    }
}
