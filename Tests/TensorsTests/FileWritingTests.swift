import Foundation
import Tensors
import TestSupport
import Testing

@Suite("What stands at the path of a result decides how it is written")
struct FileWritingTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private func mode(_ name: String) throws -> mode_t {
        var status = stat()
        try #require(lstat(folder.file(name).path, &status) == 0)
        return status.st_mode
    }

    private func text(_ name: String) throws -> String { try String(contentsOf: folder.file(name), encoding: .utf8) }

    private func write(_ text: String, to name: String) throws(FileWriteError) {
        try writeAtomically(Data(text.utf8), to: folder.file(name))
    }

    private var names: [String] {
        get throws { try FileManager.default.contentsOfDirectory(atPath: folder.url.path).sorted() }
    }

    @Test("A symbolic link stays, and the file that it leads to is replaced")
    func links() throws {
        try folder.write("old", to: "target")
        symlink("target", folder.file("inner").path)
        symlink(folder.file("inner").path, folder.file("link").path)
        try write("new", to: "link")
        #expect(try text("target") == "new")
        #expect(try mode("link") & S_IFMT == S_IFLNK && mode("inner") & S_IFMT == S_IFLNK)
        #expect(try names == ["inner", "link", "target"])
    }

    @Test("A link to nothing creates its target, and a link to itself is an error")
    func danglingLinks() throws {
        try createFolder(folder.file("a/b"))
        symlink("a/b/target", folder.file("link").path)
        try write("new", to: "link")
        #expect(try text("a/b/target") == "new")
        symlink("circle", folder.file("circle").path)
        let error = #expect(throws: FileWriteError.self) { try write("x", to: "circle") }
        #expect(error?.reason == "too many levels of symbolic links")
    }

    @Test("A replaced file keeps its mode, a new one follows the mask")
    func modes() throws {
        let mask = umask(0o022)
        umask(mask)
        try write("a", to: "new")
        #expect(try mode("new") & 0o777 == 0o666 & ~mask)
        for kept in [0o600, 0o640, 0o444] as [mode_t] {
            chmod(folder.file("new").path, kept)
            try write("b", to: "new")
            #expect(try mode("new") & 0o777 == kept)
        }
    }

    @Test("A pipe is written to", arguments: [false, true])
    func pipes(isRewritten: Bool) throws {
        let pipe = folder.file("pipe")
        try #require(mkfifo(pipe.path, 0o600) == 0)
        // Opened for both directions, a pipe waits for nobody; it holds these few bytes.
        let reader = open(pipe.path, O_RDWR | O_NONBLOCK)
        defer { close(reader) }
        if isRewritten {
            let file = try AtomicFile(pipe, isRewritten: true)
            try file.append(Array("_bc".utf8))
            try file.replace(Array("a".utf8), at: 0)
            try file.finish()
        } else {
            try writeAtomically(Data("abc".utf8), to: pipe)
        }
        var bytes = [UInt8](repeating: 0, count: 9)
        #expect(read(reader, &bytes, 9) == 3 && bytes.starts(with: "abc".utf8))
        #expect(try mode("pipe") & S_IFMT == S_IFIFO)
        #expect(try names == ["pipe"])
    }

    @Test("A socket is written to")
    func sockets() throws {
        // A relative path, since a socket's has at most 107 bytes.
        let listener = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(listener) }
        let place = URL(fileURLWithPath: "/tmp/pinpoint-\(UInt32.random(in: 0 ... .max)).socket")
        defer { unlink(place.path) }
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: place.path.utf8) }
        let isBound = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(listener, $0, socklen_t(MemoryLayout<sockaddr_un>.size)) == 0
            }
        }
        try #require(isBound && listen(listener, 1) == 0)
        try writeAtomically(Data("abc".utf8), to: place)
        let connection = accept(listener, nil, nil)
        defer { close(connection) }
        var bytes = [UInt8](repeating: 0, count: 9)
        #expect(read(connection, &bytes, 9) == 3 && bytes.starts(with: "abc".utf8))
    }

    @Test("A device is written to")
    func devices() throws {
        // Where devices may not be created, the system's own is used; without permission it cannot be replaced, either.
        let isOwn = mknod(folder.file("null").path, S_IFCHR | 0o666, 1 << 8 | 3) == 0
        let null = isOwn ? folder.file("null") : URL(fileURLWithPath: "/dev/null")
        try writeAtomically(Data("abc".utf8), to: null)
        var status = stat()
        #expect(lstat(null.path, &status) == 0 && status.st_mode & S_IFMT == S_IFCHR)
        let error = #expect(throws: FileWriteError.self) {
            try writeAtomically(Data("abc".utf8), to: URL(fileURLWithPath: "/dev/full"))
        }
        #expect(error?.description == "/dev/full cannot be written: no space left on device")
    }

    @Test("What fails leaves the old content and nothing else")
    func failures() throws {
        try createFolder(folder.file("blocked/x"))
        let error = #expect(throws: FileWriteError.self) { try write("x", to: "blocked") }
        #expect(error?.description == "\(folder.file("blocked").path) cannot be written: is a directory")
        do {
            let file = try AtomicFile(folder.file("begun"))
            try file.append(Array("abc".utf8))
        }
        #expect(throws: FileError.self) { try copyAtomically(folder.file("nothing"), to: folder.file("copy")) }
        #expect(try names == ["blocked"])
        try folder.write("file", to: "file")
        let refusal = #expect(throws: FileWriteError.self) { try createFolder(folder.file("file/below")) }
        #expect(refusal?.reason == "not a directory")
    }

    @Test("A copy has the bytes and the permissions of its original")
    func copies() throws {
        let bytes = (0..<3_000_000).map { UInt8(truncatingIfNeeded: $0 &* 31 >> 3) }
        try folder.write(bytes, to: "original")
        chmod(folder.file("original").path, 0o400)
        try copyAtomically(folder.file("original"), to: folder.file("copy"))
        #expect(try Data(contentsOf: folder.file("copy")) == Data(bytes))
        #expect(try mode("copy") & 0o777 == 0o400)
    }
}
