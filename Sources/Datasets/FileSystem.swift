import Foundation
import Images

/// The few questions that loading asks of the disk. None of them follows what it finds into further folders, so links that
/// lead round in circles are just files that cannot be read.
enum FileSystem {
    /// Whether there is an ordinary file (or a link to one): not a folder, and not a pipe that would wait for a writer.
    static func isFile(_ url: URL) -> Bool { kind(url) == S_IFREG }

    /// Whether there is a folder (or a link to one).
    static func isFolder(_ url: URL) -> Bool { kind(url) == S_IFDIR }

    private static func kind(_ url: URL) -> mode_t? {
        var status = stat()
        return stat(url.path, &status) == 0 ? status.st_mode & S_IFMT : nil
    }

    /// The names in a folder, sorted, hidden ones left out; empty when it cannot be read.
    static func names(in folder: URL) -> [String] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
        return names.filter { !$0.hasPrefix(".") }.sorted()
    }

    /// The first folder below `folder` with one of these names, in this order, whatever its case.
    static func folder(in folder: URL, named candidates: [String]) -> URL? {
        let names = names(in: folder)
        for candidate in candidates {
            for name in names where name.lowercased() == candidate {
                let url = folder.appendingPathComponent(name)
                if isFolder(url) { return url }
            }
        }
        return nil
    }

    static let imageExtensions = ImageFormat.allExtensions

    /// A name without its extension, if that is one of these.
    static func stem(_ name: String, extensions: [String]) -> String? {
        guard let dot = name.lastIndex(of: "."), dot > name.startIndex,
            extensions.contains(name[name.index(after: dot)...].lowercased())
        else { return nil }
        return String(name[..<dot])
    }

    /// Makes a folder with others in it.
    ///
    /// - Throws: ``DatasetError/cannotWrite(path:reason:)`` when there is something in it already, or no permission.
    static func makeFolders(_ names: [String], inNew root: URL) throws(DatasetError) {
        let path = root.relativePath
        if isFile(root) { throw .cannotWrite(path: path, reason: "there is a file of this name") }
        if !((try? FileManager.default.contentsOfDirectory(atPath: root.path)) ?? []).isEmpty {
            throw .cannotWrite(path: path, reason: "the folder is not empty")
        }
        for name in names {
            do {
                try FileManager.default.createDirectory(
                    at: root.appendingPathComponent(name), withIntermediateDirectories: true)
            } catch { throw .cannotWrite(path: path, reason: "the folder cannot be made") }
        }
    }
}
