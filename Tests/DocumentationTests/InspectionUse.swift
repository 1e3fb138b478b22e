import Inspection
import Networks
import OneDNNBackend
import Tensors
import Testing

extension CatalogueUses {
    @Test func inspection() throws {
        let model = try Model(
            network: NetworkConfiguration(name: "compact", classCount: 1), classNames: ["cat"], inputSize: 64, seed: 1)
        let input = Tensor([1, 3, 64, 64], repeating: 0.5)
        let inspector = try Inspector(graph: model.graph, parameters: model.parameters, backend: OneDNNBackend())
        let target = Target("heatmap[0,8,8]", [Target.Term("heatmap", [0, 8, 8])])
        let explanations = try Explainer(inspector).explain(
            input, by: .gradCAM, layers: ["backbone.layer2"], targets: [target])
        let map = explanations[0].layers[0].scaled(rows: 64, columns: 64)
        #expect(map.shape == [64, 64])
    }
}
