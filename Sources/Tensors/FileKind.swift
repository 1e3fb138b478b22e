import Foundation

/// What a path leads to, links followed.
public enum FileKind: Sendable {
    case file, folder
    /// A pipe or a device, for example.
    case other

    /// Returns what a path leads to; nil when nothing is there.
    ///
    /// - Throws: ``FileError`` when the system does not tell, for example without permission: what is there must not count as missing.
    public static func of(_ url: URL) throws(FileError) -> FileKind? {
        var status = stat()
        if stat(url.path, &status) != 0 {
            // No file can have too long a name.
            if [ENOENT, ENOTDIR, ENAMETOOLONG].contains(errno) { return nil }
            throw FileError(reading: url, MappingError(code: errno))
        }
        switch status.st_mode & S_IFMT {
        case S_IFREG: return .file
        case S_IFDIR: return .folder
        default: return .other
        }
    }

    /// Returns whether anything is there, or may be: what cannot be told counts as present, and reading it will say why it is not readable.
    public static func mayExist(_ url: URL) -> Bool {
        do throws(FileError) { return try of(url) != nil } catch { return true }
    }
}
