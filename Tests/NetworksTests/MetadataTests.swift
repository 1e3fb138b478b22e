import Boxes
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

    /// Height and width; one number where they are the same, as in the files of earlier versions.
    @Test func inputSizesAreKept() throws {
        let network = NetworkConfiguration(name: "compact", classCount: 1, headChannels: 16)
        for (size, text) in [(InputExtent(rows: 64, columns: 96), "64x96"), (64, "64")] {
            let model = try Model(network: network, classNames: ["a"], inputSize: size, seed: 3)
            #expect(model.metadata["inputSize"] == text)
            #expect(try ModelDescription(model.metadata, path: "x").inputSize == size)
        }
        let error = #expect(throws: NetworkError.self) {
            try Model(network: network, classNames: ["a"], inputSize: InputExtent(rows: 64, columns: 100), seed: 1)
        }
        #expect(
            error?.description
                == "the input size is 64x100, but height and width must be multiples of 32, such as 64x96 or 64x128")
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
