import Boxes
import Graphs
import Networks
import Tensors
import TestSupport
import Testing
import WeightFiles

@Suite struct PointNetworkTests {
    private func configuration(_ name: String, _ kind: ObjectKind) -> NetworkConfiguration {
        NetworkConfiguration(name: name, classCount: 2, headChannels: 8, objectKind: kind)
    }

    @Test("Every network supports points: it has all but the head of sizes", arguments: NetworkCatalogue.kinds)
    func everyNetwork(name: String) throws {
        let points = try NetworkCatalogue.make(configuration(name, .points)).parameters.map(\.name)
        let boxes = try NetworkCatalogue.make(configuration(name, .boxes)).parameters.map(\.name)
        #expect(points == boxes.filter { !$0.hasPrefix("heads.size.") } && points.count < boxes.count)
    }

    @Test func filesSayThatAModelDetectsPoints() throws {
        let folder = try TemporaryFolder()
        for kind in ObjectKind.allCases {
            let url = folder.file("\(kind).safetensors")
            let model = try Model(
                network: configuration("compact", kind), classNames: ["a", "b"], inputSize: 64, seed: 4)
            try model.save(to: url)
            #expect(try Model.load(url).network == model.network)
            #expect(model.metadata["objects"] == (kind == .points ? "points" : nil))
        }
    }

    @Test func anUnknownKindIsASentence() throws {
        var metadata = try Model(
            network: configuration("compact", .points), classNames: ["a", "b"], inputSize: 64, seed: 4
        ).metadata
        metadata["objects"] = "lines"
        #expect(
            throws: WeightsError.undescribed(path: "x", reason: "its metadata's 'objects' is 'lines'")
        ) { try ModelDescription(metadata, path: "x") }
    }
}
