import Foundation

/// The files beside a model that its tensors lie in, and how much of each was read: a file may be shared, but not multiplied.
final class ExternalFiles {
    let folder: URL?
    /// How many bytes of them were read, what was read again not counted.
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

/// Where a tensor's bytes lie when they are not in the model's own file.
struct ExternalData {
    let location: String
    let offset: Int
    let length: Int?

    /// - Throws: ``ONNXError`` for numbers that are none.
    init(_ entries: [ProtoStringEntry], place: String) throws(ONNXError) {
        let values = Dictionary(entries.map { ($0.key, $0.value) }) { first, _ in first }
        func number(_ key: String) throws(ONNXError) -> Int? {
            guard let text = values[key] else { return nil }
            guard let number = Int(text), number >= 0 else {
                throw .malformed(place: place, reason: "the \(key) of its external data is '\(text)'")
            }
            return number
        }
        location = values["location"] ?? ""
        offset = try number("offset") ?? 0
        length = try number("length")
    }

    /// The bytes. A file lies in the model's own folder or below it: nothing else of the machine can be read through a model.
    ///
    /// - Throws: ``ONNXError`` for a place outside, for a file that is not there, or too short.
    func read(from files: ExternalFiles, place: String) throws(ONNXError) -> Data {
        guard let folder = files.folder else {
            throw .malformed(place: place, reason: "its data lie in '\(location)', and the model is in no folder")
        }
        let parts = location.split(separator: "/", omittingEmptySubsequences: false)
        let file = folder.appendingPathComponent(location).resolvingSymlinksInPath()
        let root = folder.resolvingSymlinksInPath().path
        guard !parts.contains(where: { $0 == ".." || $0.isEmpty }), !location.contains("\0"),
            file.path.hasPrefix(root.hasSuffix("/") ? root : root + "/")
        else {
            throw .malformed(place: place, reason: "its data lie in '\(location)', outside the model's folder")
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
            throw .unreadable(path: file.path, reason: "no file with data of '\(place)'")
        }
        let size = Int(clamping: end)
        let length = self.length ?? max(0, size - offset)
        guard offset <= size, length <= size - offset else {
            throw .malformed(
                place: place,
                reason: "its \(length) bytes from byte \(offset) on are not in '\(location)', which has \(size)")
        }
        guard files.charge(length, of: file.path, size: size) else {
            throw .malformed(place: place, reason: "the file's tensors read '\(location)' more than four times over")
        }
        do {
            try handle.seek(toOffset: UInt64(offset))
            return try handle.read(upToCount: length) ?? Data()
        } catch {
            throw .unreadable(path: file.path, reason: error.localizedDescription)
        }
    }
}
