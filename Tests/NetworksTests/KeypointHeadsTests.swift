import Boxes
import Foundation
import Graphs
import Networks
import Tensors
import TestSupport
import Testing
import WeightFiles

@Suite struct KeypointHeadsTests {
    private let skeleton = Skeleton(
        keypointNames: ["nose", "left_eye", "right_eye"], limbs: [Skeleton.Pair(0, 1), Skeleton.Pair(0, 2)])

    private func model(_ name: String = "compact") throws -> Model {
        try Model(
            network: NetworkConfiguration(name: name, classCount: 2, headChannels: 8, keypointCount: 3),
            classNames: ["a", "b"], skeleton: skeleton, inputSize: 64, seed: 4)
    }

    @Test("Every network supports keypoints", arguments: NetworkCatalogue.kinds)
    func everyNetwork(name: String) throws {
        let graph = try NetworkCatalogue.make(
            NetworkConfiguration(name: name, classCount: 2, headChannels: 8, keypointCount: 3))
        let plain = try NetworkCatalogue.make(NetworkConfiguration(name: name, classCount: 2, headChannels: 8))
        #expect(Set(plain.parameters.map(\.name)).isSubset(of: graph.parameters.map(\.name)))
        let added = graph.parameters.map(\.name).filter { !plain.parameters.map(\.name).contains($0) }
        #expect(added.allSatisfy { $0.hasPrefix("heads.keypoint") }, "\(added)")
    }

    @Test func answersHaveTheirShapes() throws {
        let model = try model()
        let program = try ReferenceBackend().compile(
            model.graph, parameters: model.parameters, inputs: ["image": [2, 3, 64, 32]], mode: .inference)
        let outputs = try program.forward(["image": Tensor([2, 3, 64, 32], repeating: 0.5)])
        #expect(outputs["keypointDisplacement"]?.shape == [2, 6, 16, 8])
        #expect(
            outputs["keypointHeatmap"]?.shape == [2, 3, 16, 8] && outputs["keypointOffset"]?.shape == [2, 2, 16, 8])
        // Without training, every cell is a keypoint with a probability of about 0.1.
        let heat = try #require(outputs["keypointHeatmap"]).elements.map { 1 / (1 + exp(-$0)) }
        #expect((0.05...0.2).contains(heat.reduce(0, +) / Float(heat.count)))
    }

    @Test func filesKeepTheSkeleton() throws {
        let folder = try TemporaryFolder()
        let url = folder.file("model.safetensors")
        try model().save(to: url)
        let loaded = try Model.load(url)
        #expect(loaded.skeleton == skeleton && loaded.network.keypointCount == 3)
    }

    @Test(arguments: [
        ("keypointNames", "nose"), ("keypointNames", "[]"), ("keypointNames", "[\"a\", \"a\", \"b\"]"),
        ("limbs", "[[0, 3]]"),
        ("limbs", "[[0]]"), ("limbs", "[[1, 1]]"), ("limbs", "{"), ("mirrorPairs", "[[0, 1], [1, 2]]"),
        ("mirrorPairs", "[[0, -1]]"),
    ])
    func damagedMetadataAreASentence(key: String, value: String) throws {
        let folder = try TemporaryFolder()
        let url = folder.file("model.safetensors")
        try model().save(to: url)
        var file = try SafeTensorsFile(contentsOf: url)
        file.metadata[key] = value
        let copy = folder.file("copy.safetensors")
        try file.write(to: copy)
        let error = #expect(throws: WeightsError.self) { try Model.load(copy) }
        #expect(error?.description.contains("'\(key)'") == true, "\(String(describing: error))")
    }

    @Test func aSkeletonMustFit() {
        let network = NetworkConfiguration(name: "compact", classCount: 1, keypointCount: 3)
        #expect(throws: NetworkError.skeleton(keypoints: 0, expected: 3)) {
            try Model(network: network, classNames: ["a"], inputSize: 64, seed: 1)
        }
        #expect(throws: NetworkError.keypointCount(-1)) {
            try NetworkCatalogue.make(NetworkConfiguration(name: "compact", classCount: 1, keypointCount: -1))
        }
    }
}
