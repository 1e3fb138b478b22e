import Foundation
import Networks
import TestSupport
import Testing

extension CatalogueUses {
    @Test func networks() throws {
        let folder = try TemporaryFolder()
        let file = folder.file("model.safetensors")
        let model = try Model(
            network: NetworkConfiguration(name: "compact", classCount: 2), classNames: ["cat", "dog"], inputSize: 64,
            seed: 1)
        try model.save(to: file)
        let again = try Model.load(file)
        let rows = try layerTable(again.graph, inputs: ["image": [1, 3, 64, 64]])
        #expect(again.classNames == ["cat", "dog"])
        #expect(rows.contains { $0.name == "backbone.layer2" && $0.outputShape == [1, 64, 8, 8] })
    }
}
