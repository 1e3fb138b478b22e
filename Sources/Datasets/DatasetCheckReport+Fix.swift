import Boxes
import Foundation
import Images

extension DatasetCheckReport {
    /// Writes a mended copy as a VOC folder, or as a COCO folder where there are joints: exactly what training sees of the data set.
    ///
    /// Pictures are copied byte for byte, under an extension that tells the truth; what cannot be used is left out;
    /// the lists are the source's, or the seed's. Pictures that are there twice stay: which one goes is not ours to say.
    ///
    /// - Throws: ``DatasetError/cannotWrite(path:reason:)``, too when the folder has something in it, or when it and the
    ///   source lie one in the other: the source is never touched.
    public func fix(into folder: URL) throws(DatasetError) {
        let (target, origin) = (Self.resolved(folder), Self.resolved(source.root))
        if (target + "/").hasPrefix(origin + "/") || (origin + "/").hasPrefix(target + "/") {
            throw .cannotWrite(
                path: folder.relativePath, reason: "a copy goes neither into the data set itself nor around it")
        }
        if let skeleton { try writeCOCO(to: folder, skeleton: skeleton) } else { try writeVOC(to: folder) }
    }

    private func writeVOC(to folder: URL) throws(DatasetError) {
        let writer = try VOCWriter(new: folder)
        let ids = uniqueIDs()
        for (sample, id) in zip(samples, ids) {
            guard let sample, let id else { continue }
            let name = "\(id).\(try fileExtension(of: sample.imageURL))"
            try copy(sample, to: writer.image(name))
            try writer.write(
                sample.objects, id: id, imageName: name, width: sample.width ?? 0, height: sample.height ?? 0)
        }
        for split in splits { try writer.write(split: split.name, ids: split.members.compactMap { ids[$0] }) }
    }

    private func writeCOCO(to folder: URL, skeleton: Skeleton) throws(DatasetError) {
        let writer = try COCOWriter(new: folder)
        let ids = uniqueIDs()
        var pictures: [COCOWriter.Picture?] = []
        for (sample, id) in zip(samples, ids) {
            guard let sample, let id else {
                pictures.append(nil)
                continue
            }
            let name = "\(id).\(try fileExtension(of: sample.imageURL))"
            try copy(sample, to: writer.image(name))
            pictures.append(
                COCOWriter.Picture(
                    name: name, width: sample.width ?? 0, height: sample.height ?? 0, objects: sample.objects))
        }
        for split in splits {
            try writer.write(
                split: split.name, split.members.compactMap { pictures[$0] }, classNames: classNames,
                skeleton: skeleton)
        }
    }

    private func copy(_ sample: Sample, to copy: URL) throws(DatasetError) {
        do { try FileManager.default.copyItem(at: sample.imageURL.resolvingSymlinksInPath(), to: copy) } catch {
            throw .cannotWrite(path: copy.relativePath, reason: "\(sample.imageURL.relativePath) could not be copied")
        }
    }

    /// A path without links, even where its last parts do not exist yet.
    private static func resolved(_ url: URL) -> String {
        var (base, missing) = (url.standardizedFileURL, [String]())
        while !FileManager.default.fileExists(atPath: base.path), base.path != "/" {
            missing.insert(base.lastPathComponent, at: 0)
            base.deleteLastPathComponent()
        }
        let path = base.resolvingSymlinksInPath().path
        return ([path == "/" ? "" : path] + missing).joined(separator: "/")
    }

    private func fileExtension(of image: URL) throws(DatasetError) -> String {
        do {
            let header = try ImageHeader(contentsOf: image)
            return header.trueExtension(of: image) ?? image.pathExtension
        } catch { throw .cannotWrite(path: image.relativePath, reason: "\(error)") }
    }

    /// A file name for each usable picture: its own, without slashes, and numbered where two would be the same.
    private func uniqueIDs() -> [String?] {
        var taken: Set<String> = []
        return samples.map { sample in
            guard let sample else { return nil }
            let base = String(sample.id.map { $0 == "/" ? "_" : $0 })
            var (id, number) = (base, 2)
            while !taken.insert(id).inserted {
                id = "\(base)_\(number)"
                number += 1
            }
            return id
        }
    }
}
