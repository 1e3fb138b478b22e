import Datasets
import Foundation

extension Picture {
    /// The pictures with the identities that the data set of a model's run gives those of them that are its own.
    ///
    /// - Parameter model: A run's folder or a weights file in one; anything else knows no data set.
    public static func identified(_ pictures: [Picture], byRunOf model: URL) -> [Picture] {
        guard let source = (try? Examination.experiment(of: model))?.source, isAny(of: pictures, in: source.root),
            let index = try? DatasetIndex(source, readsImages: false)
        else { return pictures }
        let identities = index.identities
        return pictures.map { picture in
            var picture = picture
            picture.identity =
                identities[picture.file.resolvingSymlinksInPath().standardizedFileURL.path] ?? picture.identity
            return picture
        }
    }

    /// Only then is it worth reading the data set.
    private static func isAny(of pictures: [Picture], in root: URL) -> Bool {
        var folder = root
        if !((try? root.resourceValues(forKeys: [.isDirectoryKey]).isDirectory) ?? false) {
            folder.deleteLastPathComponent()
        }
        let path = folder.resolvingSymlinksInPath().standardizedFileURL.path + "/"
        // Images of `annotations/train.json` lie beside its folder.
        let parent = (path as NSString).deletingLastPathComponent + "/"
        let start = folder == root ? path : parent
        return pictures.contains { $0.file.resolvingSymlinksInPath().standardizedFileURL.path.hasPrefix(start) }
    }
}
