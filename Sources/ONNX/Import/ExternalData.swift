import Foundation

/// The external data files of a model, and how much of each was read: tensors may share a file, but not read it without limit.
final class ExternalFiles {
    let folder: URL?
    /// The number of bytes read from them, not counting repeated reads.
    private(set) var byteCount = 0
    private var counts: [String: Int] = [:]

    init(folder: URL?) { self.folder = folder }

    fileprivate func charge(_ count: Int, of path: String, size: Int) -> Bool {
        let before = counts[path, default: 0]
        let after = before + count
        guard after / 4 <= size else { return false }
        counts[path] = after
        byteCount += min(after, size) - min(before, size)
        return true
    }
}

/// The location of a tensor's data outside the model's file.
struct ExternalData {
    let location: String
    let offset: Int
    let length: Int?

    /// - Throws: ``ONNXError`` for an invalid offset or length.
    init(_ entries: [ProtoStringEntry], place: String) throws(ONNXError) {
        let values = Dictionary(entries.map { ($0.key, $0.value) }) { first, _ in first }
        func number(_ key: String) throws(ONNXError) -> Int? {
            guard let text = values[key] else { return nil }
            guard let number = Int(text), number >= 0 else {
                throw .malformed(place: place, reason: "invalid \(key) '\(text)' of its external data")
            }
            return number
        }
        location = values["location"] ?? ""
        offset = try number("offset") ?? 0
        length = try number("length")
    }

    /// Reads the data. The file must be in the model's folder or below it, so that a model cannot read other files of the machine.
    ///
    /// - Throws: ``ONNXError`` for a path outside the folder, and for a file that does not exist or is too short.
    func read(from files: ExternalFiles, place: String) throws(ONNXError) -> Data {
        guard let folder = files.folder else {
            throw .malformed(
                place: place, reason: "its data are in '\(location)', but the model was not read from a folder")
        }
        let parts = location.split(separator: "/", omittingEmptySubsequences: false)
        let file = folder.appendingPathComponent(location).resolvingSymlinksInPath()
        let root = folder.resolvingSymlinksInPath().path
        guard !parts.contains(where: { $0 == ".." || $0.isEmpty }), !location.contains("\0"),
            file.path.hasPrefix(root.hasSuffix("/") ? root : root + "/")
        else {
            throw .malformed(place: place, reason: "its data are in '\(location)', outside the model's folder")
        }
        let handle: FileHandle
        let end: UInt64
        do {
            guard try file.resourceValues(forKeys: [.isRegularFileKey]).isRegularFile == true else {
                throw CocoaError(.fileReadUnknown)
            }
            handle = try FileHandle(forReadingFrom: file)
            end = try handle.seekToEnd()
        } catch {
            throw .unreadable(path: file.path, reason: "it should contain the data of '\(place)'")
        }
        let size = Int(clamping: end)
        let length = self.length ?? max(0, size - offset)
        guard offset <= size, length <= size - offset else {
            throw .malformed(
                place: place,
                reason: "its \(length) bytes at offset \(offset) are not in '\(location)', which has \(size) bytes")
        }
        guard files.charge(length, of: file.path, size: size) else {
            throw .malformed(place: place, reason: "the tensors read more than four times the size of '\(location)'")
        }
        do {
            try handle.seek(toOffset: UInt64(offset))
            return try handle.read(upToCount: length) ?? Data()
        } catch {
            throw .unreadable(path: file.path, reason: error.localizedDescription)
        }
    }
}
