import Foundation
import Tensors
import TestSupport
import Testing

@Suite struct FileContentsTests {
    @Test(arguments: [0, 1, 5000, 1 << 20, (1 << 20) + 12_345])
    func bytesAreThoseOfTheFile(count: Int) throws {
        let folder = try TemporaryFolder()
        let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0 / 3) }
        let file = folder.url.appendingPathComponent("x")
        try Data(bytes).write(to: file)
        let contents = try FileContents(file)
        #expect(contents.bytes == bytes)
        #expect(contents.withBytes { $0.count } == count)
    }

    @Test func whatIsNoFileIsRefused() throws {
        let folder = try TemporaryFolder()
        let pipe = folder.url.appendingPathComponent("pipe")
        #expect(mkfifo(pipe.path, 0o600) == 0)
        let missing = folder.url.appendingPathComponent("missing")
        for (url, reason) in [
            (folder.url, "is a directory"), (pipe, "not a file"), (URL(fileURLWithPath: "/dev/null"), "not a file"),
            (missing, "no such file or directory"),
        ] {
            #expect {
                try FileContents(url)
            } throws: {
                ($0 as? FileError)?.description == "cannot read \(url.path): \(reason)"
            }
        }
    }

    @Test func errorsOfAClosureAreItsOwn() throws {
        let contents = try FileContents(URL(fileURLWithPath: #filePath))
        #expect(throws: CancellationError.self) { try contents.withBytes { _ in throw CancellationError() } }
    }
}
