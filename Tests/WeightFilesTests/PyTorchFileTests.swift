import Foundation
import JSON
import Tensors
import TestSupport
import Testing
import WeightFiles

/// Files that PyTorch wrote (`Tools/Goldens/weight_files.py`).
@Suite struct PyTorchFileTests {
    static let files = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("Files")

    @Test(
        "All data types, strides, shared and old storages",
        arguments: ["checkpoint.pth", "protocol5.pth", "deflated.pth", "checkpoint.legacy"])
    func checkpoint(name: String) throws {
        let file = try WeightsFile.read(Self.files.appendingPathComponent(name))
        #expect(file.format == (name.hasSuffix("legacy") ? .pyTorchLegacy : .pyTorch))
        #expect(file.origin == ["state_dict", "module"])
        let expected = try JSONValue(contentsOf: Self.files.appendingPathComponent("checkpoint.json")).object()
        #expect(file.tensors.map(\.name) == expected.keys)
        for (name, tensor) in file.tensors {
            #expect(try tensor == #require(expected[name]).tensor(), "\(name)")
        }
    }

    @Test func tensorsOfOneStorageDoNotWriteToEachOther() throws {
        var file = try WeightsFile.read(Self.files.appendingPathComponent("checkpoint.pth"))
        let before = file.tensors
        for index in file.tensors.indices {
            file.tensors[index].tensor.withMutableElements { for place in $0.indices { $0[place] = -77 } }
            for (other, old) in zip(file.tensors, before).dropFirst(index + 1) {
                #expect(other.tensor == old.tensor, "\(before[index].name) changed \(other.name)")
            }
        }
    }

    @Test func theOtherOrderOfBytes() throws {
        let file = try WeightsFile.read(Self.files.appendingPathComponent("big-endian.pth"))
        let expected = try JSONValue(contentsOf: Self.files.appendingPathComponent("checkpoint.json"))
        for (name, tensor) in file.tensors { #expect(try tensor == expected[name].tensor(), "\(name)") }
        #expect(file.tensors.map(\.name) == ["conv.weight", "slice"])
    }

    /// Before 1.6 numbers were little-endian on every machine; the counts before them were not at first.
    @Test(arguments: [false, true]) func oldFilesOfMachinesWithTheOtherOrderOfBytes(swapsCount: Bool) throws {
        let folder = try TemporaryFolder()
        let url = Self.files.appendingPathComponent("small.legacy")
        var bytes = [UInt8](try Data(contentsOf: url))
        let isLittle = try #require(bytes.firstRange(of: Array("little_endian".utf8))).upperBound + 2
        #expect(bytes[isLittle] == 0x88)
        bytes[isLittle] = 0x89
        let count = bytes.count - 16..<bytes.count - 8
        #expect(Array(bytes[count]) == little(Int64(2)))
        if swapsCount { bytes[count].reverse() }
        let other = try WeightsFile.read(try folder.write(Data(bytes), to: "other.legacy"))
        #expect(other.tensors.map(\.name) == ["weight"])
        #expect(other.tensors.map(\.tensor) == [Tensor([2], elements: [1, 1])])
    }

    @Test func wholeModulesAreRefusedByTheNameOfTheirClass() throws {
        let error = #expect(throws: WeightsError.self) {
            try WeightsFile.read(Self.files.appendingPathComponent("module.pth"))
        }
        let sentence = error?.description ?? ""
        #expect(sentence.contains("torch.nn.modules.container.Sequential"), "\(sentence)")
        #expect(sentence.contains("module/data.pkl, byte 44 (NEWOBJ)") && sentence.contains("state_dict()"))
    }

    @Test func safetensorsComeThroughTheSameDoor() throws {
        let file = try WeightsFile.read(Self.files.appendingPathComponent("plain.safetensors"))
        #expect(file.format == .safeTensors && file.metadata == ["format": "pt"])
        #expect(Set(file.tensors.map(\.name)) == ["a.weight", "a.bias", "n"])
    }

    @Test("Every prefix is refused", arguments: ["small.pth", "small.legacy"])
    func prefixes(name: String) throws {
        let folder = try TemporaryFolder()
        let whole = try Data(contentsOf: Self.files.appendingPathComponent(name))
        for count in 0..<whole.count {
            let url = try folder.write(whole.prefix(count), to: "prefix")
            #expect(throws: WeightsError.self, "\(count) bytes") { try WeightsFile.read(url) }
        }
    }

    @Test(
        "Files of other kinds get an error that says so",
        arguments: [
            ("version https://git-lfs.github.com/spec/v1\noid", "git lfs pull"), ("<!DOCTYPE html>", "web page"),
            ("", "empty"), ("some text or other", "safetensors"), ("PK\u{3}\u{4}", "cut off"),
            (String(repeating: "\0", count: 257) + "ustar", "tar archive"),
        ])
    func otherFiles(content: String, words: String) throws {
        let folder = try TemporaryFolder()
        let url = try folder.write(content, to: "file")
        let error = #expect(throws: WeightsError.self) { try WeightsFile.read(url) }
        #expect(error?.description.contains(words) == true, "\(error?.description ?? "")")
    }
}
