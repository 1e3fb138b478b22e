import Foundation
import ONNX
import Tensors
import TestSupport
import Testing

/// Models with weights in external files.
@Suite struct ExternalDataTests {
    private let shape = [64, 256, 3, 3]
    private let folder: TemporaryFolder
    private let weights: Tensor

    init() throws {
        folder = try TemporaryFolder()
        weights = ramp(shape)
        try folder.write(weights.withElements { Data(buffer: $0) }, to: "weights.bin")
    }

    /// Returns convolutions that share one weight.
    private func network(convolutions: Int) throws -> ImportedNetwork {
        let file = File { file in
            file.input("x", [1, 256, 3, 3])
            file.initializers = [external("w", shape, in: "weights.bin")]
            for index in 0..<convolutions { file.add("Conv", ["x", "w"], ["y\(index)"]) }
            file.add("Sum", (0..<convolutions).map { "y\($0)" }, ["y"])
            file.outputs = ["y"]
        }
        return try ONNXModel(file.data, folder: folder.url).network()
    }

    @Test func theyMayBeMuchLargerThanTheModel() throws {
        let network = try network(convolutions: 2)
        #expect(network.parameters["y0.weight"] == weights && network.parameters["y1.weight"] == weights)
    }

    @Test func theyAreNotMultiplied() {
        let error = #expect(throws: ONNXError.self) { try network(convolutions: 80) }
        #expect(error?.description.contains("exceed the limit for a file of this size") == true)
    }
}
