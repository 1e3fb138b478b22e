import Foundation
import Tensors
import TestSupport
import Testing

/// Folders and files that the system refuses. Links to themselves are refused to every user.
@Suite struct FolderListingTests {
    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
        try folder.write("", to: "a.txt")
        try folder.write("", to: "inside/b.txt")
        for (link, target) in [("loop", "loop"), ("link", "inside"), ("nothing", "nowhere")] {
            try FileManager.default.createSymbolicLink(atPath: folder.file(link).path, withDestinationPath: target)
        }
        #expect(mkfifo(folder.file("pipe").path, 0o600) == 0)
    }

    private func reason(_ body: () throws(FileError) -> Void) -> String? {
        do throws(FileError) { try body() } catch { return error.reason }
        return nil
    }

    @Test func everyEntryIsListedWithItsKind() throws {
        let entries = try FolderListing.entries(of: folder.url).sorted { $0.name < $1.name }
        #expect(entries.map(\.name) == ["a.txt", "inside", "link", "loop", "nothing", "pipe"])
        let kinds = entries.map { entry in try? entry.kind.get() }
        #expect(kinds == [.file, .folder, .folder, nil, nil, .other])
        #expect(entries.map { if case .failure = $0.kind { true } else { false } } == entries.map { $0.name == "loop" })
    }

    @Test func whatCannotBeListedIsNotEmpty() {
        #expect(
            reason { () throws(FileError) in _ = try FolderListing.names(of: folder.file("a.txt")) }
                == "not a directory")
        #expect(
            reason { () throws(FileError) in _ = try FolderListing.names(of: folder.file("nowhere")) }
                == "no such file or directory")
        #expect(
            reason { () throws(FileError) in _ = try FolderListing.names(of: folder.file("loop")) }
                == "too many levels of symbolic links")
    }

    @Test func whatCannotBeToldIsNotMissing() throws {
        #expect(try FileKind.of(folder.file("a.txt")) == .file)
        #expect(try FileKind.of(folder.file("link")) == .folder)
        for missing in ["nowhere", "nothing", "a.txt/b", String(repeating: "n", count: 300)] {
            #expect(try FileKind.of(folder.file(missing)) == nil)
            #expect(!FileKind.mayExist(folder.file(missing)))
        }
        #expect(
            reason { () throws(FileError) in _ = try FileKind.of(folder.file("loop/b")) }
                == "too many levels of symbolic links")
        #expect(FileKind.mayExist(folder.file("loop")))
    }

    @Test func filesAreReadToTheirEnd() throws {
        let text = String(repeating: "0123456789", count: 20_000)
        #expect(try readToEnd(folder.write(text, to: "long.txt")) == Array(text.utf8))
        #expect(reason { () throws(FileError) in _ = try readToEnd(folder.file("inside")) } == "is a directory")
    }
}
