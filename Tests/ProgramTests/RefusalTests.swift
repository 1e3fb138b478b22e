import Foundation
import TestSupport
import Testing

/// What the system refuses: threads, and folders without permission.
@Suite("The program without threads and without permissions")
struct RefusalTests {
    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
        chmod(folder.url.path, 0o755)
    }

    @Test("Where the system grants no threads, the program does the same work on one")
    func noThreads() throws {
        let arguments = ["evaluate", "--model", try Fixture.run.get().path, "--data", try Fixture.shapes.get().path]
        guard let outcome = try Program.runUnprivileged(arguments, in: folder.url, limit: "ulimit -u 1") else { return }
        #expect(outcome.status == 0, "\(outcome.errors)")
        #expect(!outcome.errors.contains("OpenBLAS"), "\(outcome.errors)")
        #expect(try outcome.output == Program.run(arguments + ["--threads", "1"], in: folder.url).output)
    }

    @Test("A folder of a data set, or of images, that cannot be listed is an error")
    func closedFolders() throws {
        let copy = folder.file("data")
        try FileManager.default.copyItem(at: try Fixture.shapes.get(), to: copy)
        chmod(copy.path, 0o755)
        for name in ["ImageSets", "JPEGImages"] {
            let closed = copy.appendingPathComponent(name)
            try #require(FileManager.default.fileExists(atPath: closed.path))
            chmod(closed.path, 0)
            defer { chmod(closed.path, 0o755) }
            guard let outcome = try Program.runUnprivileged(["data", "check", "data"], in: folder.url) else { return }
            #expect(outcome.status == 1, "\(outcome.output)")
            #expect(outcome.errors == "pinpoint: data/\(name) cannot be read: permission denied\n")
        }
        let images = copy.appendingPathComponent("JPEGImages")
        chmod(images.path, 0)
        defer { chmod(images.path, 0o755) }
        let demo = ["demo", "data/JPEGImages", "--model", try Fixture.run.get().path]
        guard let outcome = try Program.runUnprivileged(demo, in: folder.url) else { return }
        #expect(outcome.status == 1)
        #expect(outcome.errors == "pinpoint: data/JPEGImages cannot be read: permission denied\n")
    }
}
