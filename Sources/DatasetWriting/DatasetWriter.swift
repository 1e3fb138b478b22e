import Datasets
import Foundation
import Images
import Tensors

/// Writes data sets into new folders, in one of the output formats.
public struct DatasetWriter: Sendable {
    /// An output format.
    public enum Format: String, CaseIterable, Sendable {
        /// `Annotations/*.xml`, `JPEGImages`, `ImageSets/Main`.
        case voc
        /// `annotations/instances_SPLIT.json`, or `keypoints_SPLIT.json` where there are keypoints, and `images`. An object that is a
        /// point has one keypoint and no box.
        case coco
        /// `labels/*.txt`, `images`, lists and `data.yaml`.
        case yolo
    }

    /// How images are put into the folder.
    public enum Images: String, CaseIterable, Sendable {
        /// Images are copied byte for byte.
        case copied
        /// Images are symbolic links to the original files.
        case linked
    }

    private let format: Format
    private let images: Images

    /// Creates a writer; nothing is written yet.
    public init(format: Format, images: Images = .copied) {
        self.format = format
        self.images = images
    }

    /// Writes a data set. Images keep their names, with an extension that matches their format. YOLO cannot store crowds: they are
    /// left out, and images that contain nothing else as well.
    ///
    /// - Parameters:
    ///   - folder: The folder to create.
    ///   - source: The source data set, which is never changed.
    /// - Throws: ``DatasetError/cannotWrite(path:reason:)``, also when the folder is not empty, when the folder or the source contains
    ///   the other, or when objects are points and the format has no form for these.
    public func write(_ content: DatasetContent, to folder: URL, source: URL) throws(DatasetError) {
        if format != .coco && content.hasPoints {
            throw .cannotWrite(
                path: folder.relativePath,
                reason: "the objects are points, for which \(format.rawValue) has no form; coco has one")
        }
        let content = format == .yolo ? content.withoutCrowdsAlone : content
        try Self.requireApart(folder, source)
        let files = try content.images.map { (sample) throws(DatasetError) in try Self.fileName(of: sample) }
        switch format {
        case .voc:
            let writer = try VOCWriter(new: folder)
            try place(content.images, files, writer.image)
            try writeUntilInterrupted(content.images.count, to: folder) { (index) throws(DatasetError) in
                try writer.write(content.images[index], imageName: files[index])
            }
            for split in content.splits {
                try writer.write(split: split.name, ids: split.members.map { content.images[$0].id })
            }
        case .coco:
            let writer = try COCOWriter(new: folder)
            try place(content.images, files, writer.image)
            try writer.write(content, fileNames: files)
        case .yolo:
            let writer = try YOLOWriter(new: folder)
            try place(content.images, files, writer.image)
            try writer.write(content, fileNames: files)
        }
        if format != .coco && content.hasOwnIdentities {
            let identities = IdentityFile(
                images: Dictionary(
                    zip(content.images.map(\.id), content.images.map(\.identity)),
                    uniquingKeysWith: { first, _ in first }),
                categories: content.distinctCategories)
            do { try writeAtomically(identities.data, to: folder.appendingPathComponent(IdentityFile.name)) } catch {
                throw DatasetError(error)
            }
        }
    }

    private static func fileName(of sample: Sample) throws(DatasetError) -> String {
        do throws(ImageError) {
            let header = try ImageHeader(contentsOf: sample.imageURL)
            return "\(sample.id).\(header.trueExtension(of: sample.imageURL) ?? sample.imageURL.pathExtension)"
        } catch { throw .cannotWrite(path: sample.imageURL.relativePath, reason: "\(error)") }
    }

    private func place(_ samples: [Sample], _ names: [String], _ target: @Sendable (String) -> URL) throws(DatasetError)
    {
        for folder in Set(names.map { target($0).deletingLastPathComponent() }) {
            do { try createFolder(folder) } catch { throw DatasetError(error) }
        }
        guard let parent = names.first.map({ target($0).deletingLastPathComponent() }) else { return }
        try writeUntilInterrupted(samples.count, to: parent) { (index) throws(DatasetError) in
            let (source, copy) = (samples[index].imageURL.resolvingSymlinksInPath(), target(names[index]))
            do {
                switch images {
                case .copied: try copyAtomically(source, to: copy)
                case .linked: try createLink(copy, to: source.absoluteURL.standardizedFileURL)
                }
            } catch {
                let reason = (error as? FileWriteError)?.reason ?? "\(error)"
                throw .cannotWrite(path: copy.relativePath, reason: reason)
            }
        }
    }

    private static func requireApart(_ folder: URL, _ source: URL) throws(DatasetError) {
        var origin = resolved(source)
        if !FileManager.default.isFolder(source) { origin = (origin as NSString).deletingLastPathComponent }
        let target = resolved(folder)
        if (target + "/").hasPrefix(origin + "/") || (origin + "/").hasPrefix(target + "/") {
            throw .cannotWrite(
                path: folder.relativePath, reason: "the copy must not be inside the data set or contain it")
        }
    }

    /// Returns a path with links resolved, even if its last parts do not exist yet.
    private static func resolved(_ url: URL) -> String {
        var (base, missing) = (url.standardizedFileURL, [String]())
        while !FileManager.default.fileExists(atPath: base.path), base.path != "/" {
            missing.insert(base.lastPathComponent, at: 0)
            base.deleteLastPathComponent()
        }
        let path = base.resolvingSymlinksInPath().path
        return ([path == "/" ? "" : path] + missing).joined(separator: "/")
    }
}

extension FileManager {
    fileprivate func isFolder(_ url: URL) -> Bool {
        var isFolder: ObjCBool = false
        return fileExists(atPath: url.path, isDirectory: &isFolder) && isFolder.boolValue
    }
}
