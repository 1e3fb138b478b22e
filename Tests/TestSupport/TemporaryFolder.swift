import Foundation

/// A folder that is deleted when the test is over.
public final class TemporaryFolder {
    /// The location of the folder.
    public let url = FileManager.default.temporaryDirectory.appendingPathComponent("pinpoint-\(UUID())")

    /// Creates an empty folder.
    public init() throws { try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true) }

    deinit { try? FileManager.default.removeItem(at: url) }

    /// The location of a file in the folder.
    public func file(_ name: String) -> URL { url.appendingPathComponent(name) }

    /// Writes a file, and creates the folders in its name.
    @discardableResult
    public func write(_ bytes: some Sequence<UInt8>, to name: String) throws -> URL {
        let url = file(name)
        try FileManager.default.createDirectory(
            at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(bytes).write(to: url)
        return url
    }

    /// Writes a text file.
    @discardableResult
    public func write(_ text: String, to name: String) throws -> URL { try write(text.utf8, to: name) }

    /// Writes a safetensors file with the given header and bytes, unchanged.
    public func write(header: String, numbers: [UInt8] = [], as name: String = "file.safetensors") throws -> URL {
        var data = Data()
        withUnsafeBytes(of: UInt64(header.utf8.count).littleEndian) { data.append(contentsOf: $0) }
        return try write(data + Data(header.utf8) + Data(numbers), to: name)
    }
}
