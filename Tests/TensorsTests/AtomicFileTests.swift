import Foundation
import Tensors
import TestSupport
import Testing

@Suite struct AtomicFileTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private var names: [String] {
        get throws { try FileManager.default.contentsOfDirectory(atPath: folder.url.path) }
    }

    @Test func piecesAreOneFile() throws {
        let url = try folder.write("old", to: "a.txt")
        let file = try AtomicFile(url)
        var expected = ""
        for index in 0..<20_000 {
            try file.append(text: "piece \(index)\n")
            expected += "piece \(index)\n"
        }
        try file.append(Data("end".utf8))
        try file.append(text: "!")
        // Readers see the old content until the file is complete.
        #expect(try String(contentsOf: url, encoding: .utf8) == "old")
        try file.finish()
        #expect(try String(contentsOf: url, encoding: .utf8) == expected + "end!")
        #expect(try names == ["a.txt"])
    }

    @Test func nothingRemainsOfAFileThatIsNotFinished() throws {
        do {
            let file = try AtomicFile(folder.file("b.txt"))
            try file.append(Data("half".utf8))
            #expect(try names.count == 1)
        }
        #expect(try names.isEmpty)
    }

    @Test func lackingMemoryHasItsOwnWords() {
        #expect(systemMessage(ENOMEM) == "there is not enough memory")
        #expect(systemMessage(ENOENT) == "no such file or directory")
    }
}

@Suite struct NumPyFileTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    /// Writes the header of an array, and a hole where its numbers should be.
    private func hole(_ shape: String, byteCount: Int) throws -> URL {
        let text = "{'descr': '|u1', 'fortran_order': False, 'shape': (\(shape)), }\n"
        let head = [0x93] + Array("NUMPY".utf8) + [1, 0, UInt8(text.utf8.count), 0] + Array(text.utf8)
        let url = try folder.write(head, to: "hole.npy")
        #expect(truncate(url.path, off_t(head.count + byteCount)) == 0)
        return url
    }

    @Test func theHeaderIsReadFirst() throws {
        let file = try NumPyFile(hole("2, 3, 100000", byteCount: 600_000))
        #expect(file.shape == [2, 3, 100_000])
        #expect(file.tensor() == Tensor([2, 3, 100_000]))
    }

    @Test func sizesAreComparedBeforeNumbersAreRead() throws {
        #expect(throws: NumPyError.truncated) { try NumPyFile(hole("2, 3, 100000", byteCount: 599_999)) }
        #expect(throws: NumPyError.tooLarge([8_589_934_592])) {
            try NumPyFile(hole("8589934592,", byteCount: 8 << 30))
        }
    }

    @Test(arguments: [[], [3], [2, 0, 4], [2, 3, 5, 7]]) func filesAreWhatTheirDataAre(shape: [Int]) throws {
        let tensor = Tensor(shape, elements: (0..<shape.reduce(1, *)).map { Float($0) - 2.5 })
        let url = try folder.write(tensor.npyData(), to: "a.npy")
        #expect(try NumPyFile(url).tensor() == tensor)
    }
}
