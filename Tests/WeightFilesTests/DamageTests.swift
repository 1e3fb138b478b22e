import Foundation
import Tensors
import TestSupport
import Testing
import WeightFiles

/// Damage of weights files is noticed when they are read.
@Suite struct DamageTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private let content = SafeTensorsFile(
        tensors: [("a", Tensor([3], elements: [1, 2, 3])), ("b", Tensor([2], elements: [4, 5]))],
        metadata: ["network": "compact"])

    @Test func everyByteOfOurNumbersIsChecked() throws {
        let whole = content.data()
        let url = folder.file("x.safetensors")
        for index in whole.count - 20..<whole.count {
            var damaged = whole
            damaged[index] ^= 1
            try damaged.write(to: url)
            let error = #expect(throws: WeightsError.self) { try SafeTensorsFile(contentsOf: url) }
            #expect(error?.description.contains("is damaged: the hash") == true)
            #expect(throws: WeightsError.self) { try WeightsFile.read(url) }
        }
    }

    @Test func metadataIsChecked() throws {
        let text = try #require(String(data: content.data().prefix(300), encoding: .isoLatin1))
        let place = try #require(text.range(of: "compact"))
        var damaged = content.data()
        damaged[text.distance(from: text.startIndex, to: place.lowerBound)] = UInt8(ascii: "k")
        let url = try folder.write(damaged, to: "x.safetensors")
        #expect(throws: WeightsError.self) { try SafeTensorsFile(contentsOf: url) }
    }

    /// The hash is about the content: it is no part of the metadata, and another order of tensors has the same one.
    @Test func theHashIsNoMetadata() throws {
        var other = content
        other.tensors.reverse()
        other.metadata["contentHash"] = "old"
        let url = folder.file("x.safetensors")
        try other.write(to: url)
        #expect(try SafeTensorsFile(contentsOf: url).metadata == content.metadata)
        #expect(try SafeTensorsFile.metadata(of: url)["network"] == "compact")
        let hashes = try [content.data(), Data(contentsOf: url)].map { data in
            let text = String(decoding: data.prefix(300), as: UTF8.self)
            return try #require(text.firstMatch(of: /"contentHash": *"([0-9a-f]{16})"/)?.1)
        }
        #expect(hashes[0] == hashes[1])
    }

    @Test func filesWithoutHashAreAccepted() throws {
        let header = #"{"x":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}"#
        let url = try folder.write(header: header, numbers: [0, 0, 0x80, 0x3f])
        #expect(try SafeTensorsFile(contentsOf: url).tensors.map(\.tensor.elements) == [[1]])
    }

    /// A flipped byte is either noticed or in a field that decides nothing, such as a date.
    @Test(arguments: ["small.pth", "deflated.pth"]) func noByteOfAnArchiveChangesNumbers(name: String) throws {
        let whole = try Data(contentsOf: PyTorchFileTests.files.appendingPathComponent(name))
        let expected = try WeightsFile.read(PyTorchFileTests.files.appendingPathComponent(name)).tensors
        var noticed = 0
        for index in whole.indices {
            var damaged = whole
            damaged[index] ^= 0x40
            let url = try folder.write(damaged, to: "x.pth")
            guard let found = try? WeightsFile.read(url).tensors else {
                noticed += 1
                continue
            }
            #expect(found.map(\.name) == expected.map(\.name), "byte \(index)")
            #expect(found.map(\.tensor) == expected.map(\.tensor), "byte \(index)")
        }
        #expect(noticed > 100)
    }

    @Test func archivesAreToldFromTheirChecksum() throws {
        var pickle = StoredZip.Entry("a/data.pkl", Array("N.".utf8))
        pickle.checksum = 0x1234
        let url = try folder.write(StoredZip([pickle]).bytes, to: "x.pth")
        let error = #expect(throws: WeightsError.self) { try WeightsFile.read(url) }
        #expect(error?.description.contains("CRC-32") == true, "\(String(describing: error))")
    }
}
