import Graphs
import Networks
import Testing
import WeightFiles

@Suite struct MetadataTests {
    @Test func aGraphFromAFileBecomesTheModelAgain() throws {
        var model = try Model(
            network: NetworkConfiguration(name: "compact", classCount: 2, headChannels: 16),
            classNames: ["a", "b \"c\""],
            inputSize: 96, seed: 3)
        model.mean = [0.1, 0.2, 0.3]
        let again = try Model(
            metadata: model.metadata, graph: model.graph, parameters: model.parameters, path: "x.onnx")
        #expect(again.network == model.network)
        #expect(again.classNames == model.classNames)
        #expect(again.inputSize == 96)
        #expect(again.mean == model.mean)
        #expect(again.standardDeviation == model.standardDeviation)
        #expect(again.parameters === model.parameters)
    }

    @Test func tooLittleIsRefused() throws {
        let model = try Model(
            network: NetworkConfiguration(name: "compact", classCount: 1, headChannels: 16), classNames: ["a"],
            inputSize: 64, seed: 3)
        var metadata = model.metadata
        metadata["mean"] = nil
        let error = #expect(throws: WeightsError.self) {
            _ = try Model(metadata: metadata, graph: model.graph, parameters: model.parameters, path: "x.onnx")
        }
        #expect(error?.description.contains("mean") == true)
    }
}
