import Boxes
import Foundation
import Graphs
import Networks
import Tensors
import TestSupport
import Testing
import WeightFiles

@Suite struct WeightsMatchTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private func model(_ name: String = "resnet18", classes: Int = 3, seed: UInt64 = 1) throws -> Model {
        try Model(
            network: NetworkConfiguration(name: name, classCount: classes, headChannels: 8),
            classNames: (0..<classes).map { "class \($0)" }, inputSize: 64, seed: seed)
    }

    /// Returns a file with some of a model's tensors under other names.
    private func write(_ model: Model, as file: String = "file.safetensors", rename: (String) -> String?) throws -> URL
    {
        let tensors = model.parameters.entries.compactMap { entry in
            rename(entry.name).map { (name: $0, tensor: Tensor(copying: entry.value)) }
        }
        let url = folder.file(file)
        try SafeTensorsFile(tensors: tensors, metadata: [:]).write(to: url)
        return url
    }

    private func centerNet(_ name: String) -> String {
        [
            ("backbone.", ""), ("upsampler.", "deconv_layers."), ("heads.heatmap", "hm"), ("heads.size", "wh"),
            ("heads.offset", "reg"),
        ]
        .reduce(name) { $0.hasPrefix($1.0) ? $1.1 + $0.dropFirst($1.0.count) : $0 }
    }

    @Test func aClassifierGivesTheTrunk() throws {
        let (source, target) = (try model(seed: 1), try model(seed: 2))
        let url = try write(source) { name in
            if name == "heads.size.0.weight" { return "module.fc.weight" }
            return name.hasPrefix("backbone.") ? "module." + name.dropFirst(9) : nil
        }
        let before = target.parameters["upsampler.0.weight"]
        let match = try target.start(from: url)
        #expect(match.scheme.name == "torchvision")
        #expect(match.missing.isEmpty && match.misfits.isEmpty && match.unexpected.isEmpty)
        #expect(match.uncovered.allSatisfy { !$0.hasPrefix("backbone.") } && match.uncovered.count == 27)
        for entry in source.parameters.entries {
            let isTrunk = entry.name.hasPrefix("backbone.")
            if isTrunk { #expect(target.parameters[entry.name] == source.parameters[entry.name], "\(entry.name)") }
        }
        #expect(target.parameters["upsampler.0.weight"] == before)
        #expect(match.text.contains("100 of 100") && match.text.contains("27"))
    }

    @Test func aDetectorForOtherClassesGivesAllButItsLastLayer() throws {
        let (source, target) = (try model(classes: 80, seed: 1), try model(classes: 3, seed: 2))
        let url = try write(source) { $0 == "backbone.bn1.bias" ? nil : centerNet($0) }
        let match = try target.start(from: url)
        #expect(match.scheme.name == "CenterNet" && match.scheme.imagesAreBGR)
        #expect(match.misfits.map(\.parameter) == ["heads.heatmap.2.weight", "heads.heatmap.2.bias"])
        #expect(match.misfits[0].found == [80, 8, 1, 1] && match.misfits[0].expected == [3, 8, 1, 1])
        #expect(match.missing == ["backbone.bn1.bias"])
        #expect(target.parameters["heads.size.0.weight"] == source.parameters["heads.size.0.weight"])
        // BGR there, RGB here.
        let (theirs, ours) = (source.parameters["backbone.conv1.weight"], target.parameters["backbone.conv1.weight"])
        for channel in 0..<3 { #expect(ours?[5, channel, 2, 6] == theirs?[5, 2 - channel, 2, 6]) }
        let json = try match.json["wronglyShaped"].array()
        #expect(try json.count == 2 && json[0]["tensor"].string() == "hm.2.weight")
    }

    @Test func ourOwnNamesComeFirst() throws {
        let (source, target) = (try model("compact", seed: 1), try model("compact", seed: 2))
        let match = try target.start(from: try write(source) { $0 })
        #expect(match.scheme.name == "Pinpoint" && match.matched.count == match.count && match.unexpected.isEmpty)
        #expect(target.parameters["heads.heatmap.2.bias"] == source.parameters["heads.heatmap.2.bias"])
    }

    /// Classes are matched by name, whatever their order; a new class keeps its own rows, and one that is gone is left out.
    @Test func classesAreMatchedByName() throws {
        func named(_ classNames: [String], seed: UInt64) throws -> Model {
            try Model(
                network: NetworkConfiguration(name: "compact", classCount: classNames.count, headChannels: 8),
                classNames: classNames, inputSize: 64, seed: seed)
        }
        let source = try named(["circle", "square", "star"], seed: 1)
        let url = folder.file("source.safetensors")
        try source.save(to: url)
        let target = try named(["star", "new", "circle", "other"], seed: 2)
        let weights = "heads.heatmap.2.weight"
        let before = try #require(target.parameters[weights])
        let match = try target.start(from: url)
        #expect(match.matched.count == match.count && match.newNames == ["new", "other"])
        #expect(match.text.contains("(2): new, other"))
        let (theirs, ours) = (try #require(source.parameters[weights]), try #require(target.parameters[weights]))
        for channel in 0..<8 {
            #expect(ours[0, channel, 0, 0] == theirs[2, channel, 0, 0])
            #expect(ours[2, channel, 0, 0] == theirs[0, channel, 0, 0])
            #expect(ours[1, channel, 0, 0] == before[1, channel, 0, 0])
            #expect(ours[3, channel, 0, 0] == before[3, channel, 0, 0])
        }
        #expect(target.parameters["heads.size.2.weight"] == source.parameters["heads.size.2.weight"])
    }

    /// The same for keypoints, which have two rows each in the head of displacements.
    @Test func keypointsAreMatchedByName() throws {
        func named(_ keypoints: [String], seed: UInt64) throws -> Model {
            try Model(
                network: NetworkConfiguration(
                    name: "compact", classCount: 1, headChannels: 8, keypointCount: keypoints.count),
                classNames: ["person"], skeleton: Skeleton(keypointNames: keypoints), inputSize: 64, seed: seed)
        }
        let (source, target) = (try named(["a", "b", "c"], seed: 1), try named(["c", "d", "a"], seed: 2))
        let url = folder.file("source.safetensors")
        try source.save(to: url)
        let name = "heads.keypointDisplacement.2.weight"
        let before = try #require(target.parameters[name])
        #expect(try target.start(from: url).newNames == ["d"])
        let (theirs, ours) = (try #require(source.parameters[name]), try #require(target.parameters[name]))
        for (row, wanted) in [(0, theirs[4, 3, 0, 0]), (1, theirs[5, 3, 0, 0]), (4, theirs[0, 3, 0, 0])] {
            #expect(ours[row, 3, 0, 0] == wanted)
        }
        #expect(ours[2, 3, 0, 0] == before[2, 3, 0, 0] && ours[3, 3, 0, 0] == before[3, 3, 0, 0])
    }

    @Test func anotherNetworkIsRefused() throws {
        let (source, target) = (try model("compact"), try model("resnet18", seed: 2))
        let before = target.parameters["backbone.conv1.weight"]
        let error = #expect(throws: WeightsError.self) { try target.start(from: try write(source) { $0 }) }
        let sentence = error?.description ?? ""
        #expect(sentence.contains("does not fit the network 'resnet18': of 127 parameters it has"), "\(sentence)")
        #expect(target.parameters["backbone.conv1.weight"] == before)
    }

    @Test func brokenNumbersAreRefused() throws {
        let (source, target) = (try model("compact", seed: 1), try model("compact", seed: 2))
        source.parameters.entries.first { $0.name == "heads.size.2.bias" }?.value.fill(.nan)
        let before = target.parameters["backbone.stem.0.weight"]
        let error = #expect(throws: WeightsError.self) { try target.start(from: try write(source) { $0 }) }
        #expect(error?.description.contains("heads.size.2.bias") == true)
        #expect(target.parameters["backbone.stem.0.weight"] == before)
    }

    @Test func convertedThereAndBack() throws {
        let source = try model(classes: 2, seed: 4)
        let (file, scheme) = try source.published()
        #expect(scheme.name == "CenterNet" && file.metadata["channels"] == "BGR")
        #expect(file.metadata["mean"] == "[0.406,0.456,0.485]")
        let url = folder.file("published.safetensors")
        try file.write(to: url)
        let (back, match) = try Model.converting(
            url, network: "resnet18", classNames: ["class 0", "class 1"], inputSize: 96)
        #expect(match.matched.count == 127 && back.network.headChannels == 8 && back.inputSize == 96)
        for entry in source.parameters.entries {
            #expect(back.parameters[entry.name] == source.parameters[entry.name], "\(entry.name)")
        }
        // CenterNet's values for COCO, in RGB order.
        #expect(back.mean == [0.47026115, 0.44719302, 0.40789654])
        #expect(throws: NetworkError.unpublished("compact")) { try model("compact").published() }
    }

    @Test func aModelNeedsEverything() throws {
        let source = try model(classes: 2)
        let url = try write(source) { $0 == "heads.size.2.bias" ? nil : centerNet($0) }
        let error = #expect(throws: WeightsError.self) {
            try Model.converting(url, network: "resnet18", classNames: ["a", "b"], inputSize: 64)
        }
        #expect(error?.description.contains("'wh.2.bias' is missing") == true, "\(error?.description ?? "")")
        let other = #expect(throws: WeightsError.self) {
            try Model.converting(url, network: "resnet18", classNames: ["a", "b", "c"], inputSize: 64)
        }
        #expect(other?.description.contains("'hm.2.weight' has the shape [2, 8, 1, 1]") == true)
    }

    @Test func statisticsOfPublishedDetectors() {
        let voc = ["aeroplane"] + (1..<20).map { "class \($0)" }
        #expect(ImageStatistics.centerNet(classNames: voc).mean == [0.406, 0.456, 0.485])
        #expect(ImageStatistics.centerNet(classNames: ["aeroplane"]).mean[0] == 0.47026115)
    }
}
