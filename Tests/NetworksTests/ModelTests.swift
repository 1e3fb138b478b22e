import Foundation
import Graphs
import Networks
import Tensors
import TestSupport
import Testing
import WeightFiles

@Suite struct ModelTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private func model(seed: UInt64 = 1, headChannels: Int = 8) throws -> Model {
        var model = try Model(
            network: NetworkConfiguration(name: "compact", classCount: 2, headChannels: headChannels),
            classNames: ["cat, \"big\"", "dög"], inputSize: 128, seed: seed)
        model.mean = [0.1, 0.2, 0.3]
        model.standardDeviation = [1, 0.5, 0.25]
        return model
    }

    @Test func filesDescribeThemselves() throws {
        let saved = try model()
        let url = folder.file("model.safetensors")
        try saved.save(to: url, extraMetadata: ["epoch": "12"])
        let loaded = try Model.load(url)
        #expect(loaded.network == saved.network && loaded.classNames == saved.classNames)
        #expect(loaded.inputSize == 128 && loaded.mean == saved.mean)
        #expect(loaded.standardDeviation == saved.standardDeviation)
        for entry in saved.parameters.entries {
            #expect(loaded.parameters[entry.name]?.elements == Tensor(copying: entry.value).elements, "\(entry.name)")
        }
        #expect(try SafeTensorsFile(contentsOf: url).metadata["epoch"] == "12")
    }

    @Test func changingAModelLeavesItsFileAlone() throws {
        let url = folder.file("model.safetensors")
        try model().save(to: url)
        let before = try Data(contentsOf: url)
        let (one, other) = (try Model.load(url), try Model.load(url))
        for entry in one.parameters.entries { entry.value.fill(3) }
        #expect(try Data(contentsOf: url) == before)
        let name = "heads.size.2.weight"
        #expect(other.parameters[name]?.elements == (try model().parameters[name]?.elements))
    }

    @Test func seedsDecide() throws {
        let name = "backbone.layer2.0.conv1.weight"
        #expect(try model(seed: 1).parameters[name]?.elements == model(seed: 1).parameters[name]?.elements)
        #expect(try model(seed: 1).parameters[name]?.elements != model(seed: 2).parameters[name]?.elements)
    }

    @Test func weightsThatCannotBeReachedAreNotMissing() throws {
        try FileManager.default.createSymbolicLink(
            atPath: folder.file("weights").path, withDestinationPath: "weights")
        let file = folder.file("weights/best.safetensors").path
        #expect(throws: WeightsError.unreadable(path: file, reason: "too many levels of symbolic links")) {
            try Model.load(folder.url)
        }
    }

    @Test func aRunsFolderMeansItsBestWeights() throws {
        let weights = folder.file("weights")
        try FileManager.default.createDirectory(at: weights, withIntermediateDirectories: true)
        #expect(throws: WeightsError.noWeights(folder: folder.url.path)) { try Model.load(folder.url) }
        let name = "heads.size.2.weight"
        try model(seed: 1).save(to: weights.appendingPathComponent("last.safetensors"))
        #expect(try Model.load(folder.url).parameters[name] == model(seed: 1).parameters[name])
        try model(seed: 2).save(to: weights.appendingPathComponent("best.safetensors"))
        #expect(try Model.load(folder.url).parameters[name] == model(seed: 2).parameters[name])
    }

    @Test func pytorchsBatchCountersDoNotMatter() throws {
        let url = folder.file("counted.safetensors")
        try change { $0.tensors.append(("backbone.stem.1.num_batches_tracked", Tensor([], elements: [5]))) }.write(
            to: url)
        _ = try Model.load(url)
    }

    @Test(
        "Errors in weights files are named",
        arguments: [
            Tampering("missing", "'heads.size.2.weight' is missing") { file in
                file.tensors.removeAll { $0.name == "heads.size.2.weight" }
            },
            Tampering("more", "'new.weight' is not part of") { $0.tensors.append(("new.weight", Tensor([1]))) },
            Tampering("shape", "[2, 4, 1, 1] where [2, 8, 1, 1]") { file in
                for (index, entry) in file.tensors.enumerated() where entry.name == "heads.size.2.weight" {
                    file.tensors[index].tensor = Tensor([2, 4, 1, 1])
                }
            },
            Tampering("number", "backbone.stem.0.weight") { file in
                file.tensors[0].tensor.withMutableElements { $0[3] = .nan }
            },
            Tampering("infinite", "inf") { $0.tensors[0].tensor.withMutableElements { $0[3] = .infinity } },
            Tampering("network", "not for the network 'resnet18'") { $0.metadata["network"] = "resnet18" },
            Tampering("unknown", "no network called 'vgg'") { $0.metadata["network"] = "vgg" },
            Tampering("nameless", "has no 'network'") { $0.metadata["network"] = nil },
            Tampering("classes", "'classNames' is '[3]'") { $0.metadata["classNames"] = "[3]" },
            Tampering("twins", "different names") { $0.metadata["classNames"] = #"["a","a"]"# },
            Tampering("no class", "1 to 10000") { $0.metadata["classNames"] = "[]" },
            Tampering("size", "multiple of 32") { $0.metadata["inputSize"] = "100" },
            Tampering("huge", "'inputSize' is '1000000000'") { $0.metadata["inputSize"] = "1000000000" },
            Tampering("heads", "4096 channels") { $0.metadata["headChannels"] = "1000000" },
            Tampering("standard deviation", "'standardDeviation'") { $0.metadata["standardDeviation"] = "[1,0,1]" },
            Tampering("mean", "'mean'") { $0.metadata["mean"] = "[1,2]" },
        ])
    func tampered(_ tampering: Tampering) throws {
        let url = folder.file("tampered.safetensors")
        try change(tampering.change).write(to: url)
        let error = #expect(throws: WeightsError.self) { try Model.load(url) }
        let sentence = error?.description ?? ""
        #expect(sentence.contains(tampering.word) && sentence.contains(url.path), "\(sentence)")
    }

    private func change(_ change: (inout SafeTensorsFile) -> Void) throws -> SafeTensorsFile {
        let url = folder.file("whole.safetensors")
        try model().save(to: url)
        var file = try SafeTensorsFile(contentsOf: url)
        change(&file)
        return file
    }
}

/// A change that makes a weights file invalid, and a word that the error message must contain.
struct Tampering: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let word: String
    let change: @Sendable (inout SafeTensorsFile) -> Void

    init(_ name: String, _ word: String, _ change: @escaping @Sendable (inout SafeTensorsFile) -> Void) {
        testDescription = name
        self.word = word
        self.change = change
    }
}
