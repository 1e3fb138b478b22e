import Foundation
import Tensors
import TestSupport
import Testing
import WeightFiles

@Suite struct SafeTensorsTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private let content = SafeTensorsFile(
        tensors: [
            ("second \"quoted\" ü", Tensor([2, 3], elements: [1, -2, .pi, 1e-30, .infinity, -0.0])),
            ("a", Tensor([], elements: [7])), ("nothing", Tensor([0, 4])),
        ],
        metadata: ["zebra": "1", "aardvark": "line\nbreak \\ \u{1}", "empty": ""])

    @Test func everythingComesBack() throws {
        let url = folder.file("round.safetensors")
        try content.write(to: url)
        let back = try SafeTensorsFile(contentsOf: url)
        #expect(back.metadata == content.metadata)
        #expect(back.tensors.map(\.name).sorted() == content.tensors.map(\.name).sorted())
        for (name, tensor) in content.tensors {
            let found = try #require(back.tensors.first { $0.name == name }).tensor
            #expect(found.shape == tensor.shape)
            #expect(found.elements.map(\.bitPattern) == tensor.elements.map(\.bitPattern))
        }
        #expect(content.data() == content.data())
        #expect(try Data(contentsOf: url).count % 4 == 0)
    }

    @Test("Numbers start on a cache line", arguments: 0..<9)
    func alignment(extra: Int) {
        let file = SafeTensorsFile(tensors: [(String(repeating: "n", count: extra), Tensor([1]))], metadata: [:])
        #expect(file.data().count % 64 == 4)
    }

    @Test("Data of other programs' files may be unaligned", arguments: 0..<8)
    func misaligned(padding: Int) throws {
        let header = #"{"x":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}"# + String(repeating: " ", count: padding)
        let url = try folder.write(header: header, numbers: [0, 0, 0x80, 0x3f, 0, 0, 0, 0xc0])
        #expect(try SafeTensorsFile(contentsOf: url).tensors.map(\.tensor.elements) == [[1, -2]])
    }

    /// The lengths' first bytes, 0x80 and 2 to 5, are those of a pickle as well.
    @Test("Headers of any length are distinguished from pickles", arguments: [0x280, 0x380, 0x480, 0x580])
    func headersThatBeginAsPickles(length: Int) throws {
        let header = #"{"x":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}"#
        let padding = String(repeating: " ", count: length - header.utf8.count)
        let url = try folder.write(header: header + padding, numbers: [0, 0, 0x80, 0x3f])
        #expect(try WeightsFile.read(url).tensors.map(\.tensor) == [Tensor([1], elements: [1])])
    }

    @Test func whatIsWrittenToTensorsStaysOutOfTheirFile() throws {
        let url = folder.file("kept.safetensors")
        try content.write(to: url)
        let before = try Data(contentsOf: url)
        var file = try SafeTensorsFile(contentsOf: url)
        for index in file.tensors.indices {
            file.tensors[index].tensor.withMutableElements { for place in $0.indices { $0[place] = 5 } }
        }
        #expect(try Data(contentsOf: url) == before)
        // Nor does replacing the file change what was read.
        let first = try SafeTensorsFile(contentsOf: url).tensors[0].tensor
        try SafeTensorsFile(tensors: [("other", Tensor([300], repeating: 9))], metadata: [:]).write(to: url)
        #expect(first.elements.map(\.bitPattern) == content.tensors[0].tensor.elements.map(\.bitPattern))
    }

    @Test(
        "Other data types",
        arguments: [
            ("F16", [0x00, 0x3c, 0x00, 0xc0] as [UInt8], [1, -2] as [Float]),
            ("BF16", [0x80, 0x3f, 0x49, 0x40], [1, 3.140625]),
            ("F64", [0, 0, 0, 0, 0, 0, 0xe0, 0x3f], [0.5]),
            ("I64", [0xfe, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff], [-2]),
            ("I32", [3, 0, 0, 0, 0, 1, 0, 0], [3, 256]),
        ])
    func otherKinds(kind: String, bytes: [UInt8], expected: [Float]) throws {
        let url = try folder.write(
            header: #"{"x":{"dtype":"\#(kind)","shape":[\#(expected.count)],"data_offsets":[0,\#(bytes.count)]}}"#,
            numbers: bytes)
        #expect(try SafeTensorsFile(contentsOf: url).tensors.map(\.tensor.elements) == [expected])
    }

    @Test(
        "Invalid headers get an error",
        arguments: [
            ("", "header"), ("{", "header"), ("[]", "header"), (#"{"x":3}"#, "'x'"),
            (#"{"x":{"dtype":"F8","shape":[1],"data_offsets":[0,1]}}"#, "F8"),
            (#"{"x":{"dtype":"F32","shape":[1],"data_offsets":[0,8]}}"#, "takes 4 bytes"),
            (#"{"x":{"dtype":"F32","shape":[-1],"data_offsets":[0,4]}}"#, "impossible"),
            (#"{"x":{"dtype":"F32","shape":[4611686018427387904,8],"data_offsets":[0,0]}}"#, "impossible"),
            (#"{"x":{"dtype":"F32","shape":[1],"data_offsets":[4,0]}}"#, "not a valid range"),
            (#"{"x":{"dtype":"F32","shape":[1],"data_offsets":[-4,0]}}"#, "not a valid range"),
            (#"{"x":{"dtype":"F32","shape":[1],"data_offsets":[0]}}"#, "not a valid range"),
            (#"{"x":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}"#, "gap"),
            (
                #"{"x":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"y":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}"#,
                "overlaps"
            ),
            (#"{"x":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}"#, "no tensor"),
            (#"{"x":{"dtype":"F32","shape":[100],"data_offsets":[0,400]}}"#, "cut off"),
            (
                #"{"x":{"dtype":"F32","shape":[2305843009213693951],"data_offsets":[0,9223372036854775804]}}"#,
                "cut off"
            ),
            (#"{"__metadata__":{"a":1}}"#, "metadata"),
        ])
    func lies(header: String, word: String) throws {
        let url = try folder.write(header: header, numbers: [UInt8](repeating: 0, count: 8))
        let error = #expect(throws: WeightsError.self) { try SafeTensorsFile(contentsOf: url) }
        let sentence = error?.description ?? ""
        #expect(sentence.contains(word) && sentence.contains(url.path), "\(sentence)")
    }

    @Test func everyPrefixIsRefused() throws {
        let whole = content.data()
        for count in 0..<whole.count {
            let url = folder.file("prefix")
            try whole.prefix(count).write(to: url)
            #expect(throws: WeightsError.self, "\(count) bytes") { try SafeTensorsFile(contentsOf: url) }
        }
    }

    @Test func noFileAndNoText() throws {
        #expect(throws: WeightsError.notFound(path: "/nowhere/at.all")) {
            try SafeTensorsFile(contentsOf: URL(fileURLWithPath: "/nowhere/at.all"))
        }
        #expect(throws: WeightsError.self) { try SafeTensorsFile(contentsOf: folder.url) }
        let url = folder.file("text")
        try Data("This is not a weights file.".utf8).write(to: url)
        #expect(throws: WeightsError.self) { try SafeTensorsFile(contentsOf: url) }
    }
}
