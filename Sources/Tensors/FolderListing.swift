import Foundation

/// The entries of one folder. A folder that cannot be listed is an error, never an empty folder.
package enum FolderListing {
    package struct Entry {
        package let name: String
        /// What the entry is, links followed; nil for a link that leads to nothing.
        package let kind: Result<FileKind?, FileError>
    }

    /// Returns the entries of a folder in no particular order, including hidden ones.
    ///
    /// - Throws: ``FileError`` with the system's reason.
    package static func entries(of folder: URL) throws(FileError) -> [Entry] {
        guard let handle = opendir(folder.path) else {
            // A folder that is left out would make the data set another one.
            if errno == ENOMEM { endOutOfMemory() }
            throw FileError(reading: folder, MappingError(code: errno))
        }
        defer { closedir(handle) }
        var entries: [Entry] = []
        while true {
            errno = 0
            guard let entry = readdir(handle) else { break }
            let type = Int32(entry.pointee.d_type)
            let name = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if name == "." || name == ".." { continue }
            switch type {
            case Int32(DT_REG): entries.append(Entry(name: name, kind: .success(.file)))
            case Int32(DT_DIR): entries.append(Entry(name: name, kind: .success(.folder)))
            case Int32(DT_LNK), Int32(DT_UNKNOWN):
                let url = folder.appendingPathComponent(name, isDirectory: false)
                entries.append(Entry(name: name, kind: Result { () throws(FileError) in try FileKind.of(url) }))
            default: entries.append(Entry(name: name, kind: .success(.other)))
            }
        }
        if errno != 0 { throw FileError(reading: folder, MappingError(code: errno)) }
        return entries
    }

    /// Returns the names of a folder's entries in no particular order, including hidden ones.
    ///
    /// - Throws: ``FileError`` with the system's reason.
    package static func names(of folder: URL) throws(FileError) -> [String] { try entries(of: folder).map(\.name) }
}
