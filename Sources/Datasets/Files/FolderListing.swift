import Foundation
import Tensors

/// The entries of one folder.
enum FolderListing {
    struct Entry {
        var name: String
        var isFolder: Bool
    }

    /// A folder that cannot be listed.
    struct Failure: Error { var reason: String }

    /// Returns the entries of a folder, without hidden ones, in no particular order. Links count as their targets; entries that
    /// are neither files nor folders are left out.
    static func entries(of folder: URL) throws(Failure) -> [Entry] {
        guard let handle = opendir(folder.path) else {
            // A folder that is left out would make the data set another one.
            if errno == ENOMEM { endOutOfMemory() }
            throw Failure(reason: "this folder cannot be listed: \(systemMessage(errno))")
        }
        defer { closedir(handle) }
        var entries: [Entry] = []
        while let entry = readdir(handle) {
            let kind = Int32(entry.pointee.d_type)
            let name = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if name.hasPrefix(".") { continue }
            if kind == Int32(DT_DIR) || kind == Int32(DT_REG) {
                entries.append(Entry(name: name, isFolder: kind == Int32(DT_DIR)))
            } else if kind == Int32(DT_LNK) || kind == Int32(DT_UNKNOWN) {
                let url = folder.appendingPathComponent(name)
                if FileSystem.isFolder(url) {
                    entries.append(Entry(name: name, isFolder: true))
                } else {
                    // A broken link is reported when it is read.
                    entries.append(Entry(name: name, isFolder: false))
                }
            }
        }
        return entries
    }
}

/// The identity of a file or folder, independent of the path that leads to it.
package struct FileIdentity: Hashable, Sendable {
    private let device, number: UInt64

    /// Returns nil when there is no such file.
    package init?(_ url: URL) {
        var status = stat()
        guard stat(url.path, &status) == 0 else { return nil }
        (device, number) = (UInt64(status.st_dev), UInt64(status.st_ino))
    }
}
