import Foundation
import TestSupport
import Testing
import WeightFiles

@Suite struct HostileArchiveTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private func sentence(_ bytes: [UInt8]) throws -> String {
        let url = try folder.write(Data(bytes), to: "file.pth")
        let error = #expect(throws: WeightsError.self) { try WeightsFile.read(url) }
        return error?.description ?? ""
    }

    private let pickle = StoredZip.Entry("a/data.pkl", Array("N.".utf8))

    @Test func entriesOverEachOther() throws {
        var other = StoredZip.Entry("a/data/0", [1, 2, 3, 4])
        other.header = 0
        #expect(try sentence(StoredZip([pickle, other]).bytes).contains("overlap"))
    }

    @Test func entriesThatAreNotThere() throws {
        var far = pickle
        far.header = 0xffff_fff0
        #expect(try sentence(StoredZip([far]).bytes).contains("is not at byte 4294967280"))
        // All ones refer to a 64-bit field, which is missing here.
        far.header = .max
        #expect(try sentence(StoredZip([far]).bytes).contains("lacks its 64-bit fields"))
        #expect(try sentence(StoredZip([pickle, pickle]).bytes).contains("same name"))
        #expect(try sentence(StoredZip([StoredZip.Entry("readme", [1])]).bytes).contains("without data.pkl"))
        #expect(try sentence(StoredZip([]).bytes).contains("without data.pkl"))
        #expect(
            try sentence(StoredZip([pickle, StoredZip.Entry("b/data.pkl", [])]).bytes).contains("2 entries named data"))
        #expect(try sentence(StoredZip([pickle, StoredZip.Entry("a/code/x.py", [])]).bytes).contains("TorchScript"))
        #expect(try sentence(StoredZip([pickle, StoredZip.Entry("a/byteorder", [65])]).bytes).contains("'A'"))
    }

    @Test func countsThatLie() throws {
        var stored = pickle
        stored.count = 1000
        #expect(try sentence(StoredZip([stored]).bytes).contains("is stored, but has 2 bytes for 1000"))
        var packed = pickle
        packed.method = 9
        #expect(try sentence(StoredZip([packed]).bytes).contains("method 9"))
        packed.method = 8
        #expect(try sentence(StoredZip([packed]).bytes).contains("does not decompress to 2 bytes"))
        packed.count = 0xffff_fff0
        #expect(try sentence(StoredZip([packed]).bytes).contains("more than 16 times the file"))
        // The list of entries is claimed to be elsewhere, and longer.
        var bytes = StoredZip([pickle]).bytes
        bytes.replaceSubrange(bytes.count - 6..<bytes.count - 2, with: little(UInt32(0x7fff_ffff)))
        #expect(try sentence(bytes).contains("list of entries would be bytes 2147483647"))
        bytes = StoredZip([pickle]).bytes
        bytes.replaceSubrange(bytes.count - 12..<bytes.count - 10, with: little(UInt16(60000)))
        #expect(try sentence(bytes).contains("60000 entries do not fit"))
    }

    @Test("A decompression bomb: zeros compressed a thousandfold")
    func bomb() throws {
        // `deflate` of 16 MiB of zeros: a stored block's worth of matches of 258 zeros each. One block is enough to see that data that
        // decompresses to more than promised is refused, and that little is decompressed of data that promises much.
        let packed: [UInt8] = [
            0xed, 0xc1, 0x01, 0x01, 0, 0, 0, 0x80, 0x90, 0xfe, 0xaf, 0xee, 0x08, 0x0a, 0, 0, 0, 0, 0, 0, 0, 0, 0,
        ]
        var entry = StoredZip.Entry("a/data.pkl", packed)
        entry.method = 8
        entry.count = 64 << 20
        #expect(try sentence(StoredZip([entry]).bytes).contains("more than 16 times the file"))
        entry.count = 5
        #expect(try sentence(StoredZip([entry]).bytes).contains("does not decompress to 5 bytes"))
    }

    @Test func oldFilesThatLie() throws {
        let magic: [UInt8] = [0x80, 2, 0x8a, 10, 0x6c, 0xfc, 0x9c, 0x46, 0xf9, 0x20, 0x6a, 0xa8, 0x50, 0x19, 0x2e]
        func legacy(_ rest: String) -> [UInt8] {
            magic + rest.unicodeScalars.map { UInt8(truncatingIfNeeded: $0.value) }
        }
        #expect(try sentence(legacy("")).contains("the version, byte 15: the file ends here"))
        #expect(try sentence(legacy("K\u{1}.")).contains("it is not 1001"))
        #expect(try sentence(legacy("M\u{e9}\u{3}.}.N.N.")).contains("it is not a list"))
        #expect(try sentence(legacy("M\u{e9}\u{3}.}.cos\nsystem\n)R.")).contains("os.system"))
        let storage = "((U\u{7}storagectorch\nFloatStorage\nU\u{1}0U\u{3}cpuK\u{4}tQt."
        #expect(try sentence(legacy("M\u{e9}\u{3}.}.\(storage)]U\u{1}1a.")).contains("no tensor uses the storage"))
        #expect(try sentence(legacy("M\u{e9}\u{3}.}.\(storage)]U\u{1}0a.")).contains("the file ends before it"))
        let huge = String(repeating: "\u{ff}", count: 7) + "\u{7f}"
        #expect(
            try sentence(legacy("M\u{e9}\u{3}.}.\(storage)]U\u{1}0a.\(huge)")).contains(
                "has 9223372036854775807 numbers"))
        #expect(
            try sentence(legacy("M\u{e9}\u{3}.}.\(storage)]U\u{1}0a.\0\0\0\0\0\0\0\u{80}")).contains(
                "numbers of 4 bytes"))
    }
}
