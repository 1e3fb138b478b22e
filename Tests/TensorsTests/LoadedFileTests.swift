import Foundation
import Tensors
import TestSupport
import Testing

@Suite struct LoadedFileTests {
    private let folder: TemporaryFolder
    private let file: URL
    private let content = (0..<(3 << 20) + 77).map { UInt8(truncatingIfNeeded: $0 &* 2_654_435_761 >> 13) }

    init() throws {
        folder = try TemporaryFolder()
        file = folder.file("x")
        try Data(content).write(to: file)
    }

    @Test(arguments: [LoadedFile.wholeUpTo, 0]) func bytesAreThoseOfTheFile(wholeUpTo: Int) throws {
        let loaded = try LoadedFile(file, wholeUpTo: wholeUpTo)
        for range in [0..<9, 1_048_570..<1_048_600, content.count - 5..<content.count, 0..<content.count] {
            loaded.load(range)
            #expect(loaded.bytes[range].elementsEqual(content[range]))
        }
        #expect(!loaded.hasChanged)
    }

    /// A mapped file would end the program with SIGBUS.
    @Test(arguments: [LoadedFile.wholeUpTo, 0]) func aFileMayBeTruncated(wholeUpTo: Int) throws {
        let loaded = try LoadedFile(file, wholeUpTo: wholeUpTo)
        #expect(truncate(file.path, 100) == 0)
        loaded.load(0..<content.count)
        #expect(loaded.bytes[..<100].elementsEqual(content[..<100]))
        let expected = wholeUpTo == 0 ? 0 : content[2 << 20]
        #expect(loaded.bytes[2 << 20] == expected)
        #expect(loaded.hasChanged)
    }

    @Test func aReplacedFileKeepsItsContent() throws {
        let loaded = try LoadedFile(file, wholeUpTo: 0)
        try writeAtomically(Data(count: content.count), to: file)
        loaded.load(0..<content.count)
        #expect(loaded.bytes.elementsEqual(content) && !loaded.hasChanged)
    }

    @Test func emptyFilesAndFolders() throws {
        let empty = try LoadedFile(try folder.write("", to: "empty"))
        empty.load(0..<0)
        #expect(empty.count == 0 && !empty.hasChanged)
        #expect(throws: MappingError.self) { try LoadedFile(folder.url) }
    }
}
