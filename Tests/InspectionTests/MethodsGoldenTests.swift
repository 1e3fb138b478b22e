import GoldenNetwork
import Graphs
import Inspection
import JSON
import Tensors
import TestSupport
import Testing

/// pytorch-grad-cam's maps of a small network.
@Suite struct MethodsGoldenTests {
    @Test func mapsEqualPyTorchGradCAM() throws {
        let golden = try Golden.load("cam")
        let (activation, gradient) = try layer(golden)
        for (name, expected) in try golden["maps"].object() {
            let method = try #require(methods[name], "\(name) is not a method known here")
            let raw = method(activation, gradient)
            let expected = try expected.tensor()
            var difference = largestDifference(finished(raw, expected.shape), expected)
            // A channel that is zero everywhere leaves the sign to rounding, in both implementations.
            let decomposed = name == "eigenCAM" ? activation : product(activation, gradient)
            if name.hasPrefix("eigen"), hasDeadChannel(decomposed) {
                difference = min(difference, largestDifference(finished(negated(raw), expected.shape), expected))
            }
            #expect(difference < 2e-5, "\(name) differs by \(difference)")
        }
    }

    private let methods: [String: (Tensor, Tensor) -> Tensor] = [
        "gradCAM": gradCAM, "gradCAMPlusPlus": gradCAMPlusPlus, "xGradCAM": xGradCAM, "layerCAM": layerCAM,
        "hiResCAM": hiResCAM, "elementWise": elementWiseGradCAM, "eigenGradCAM": eigenGradCAM,
        "eigenCAM": { activation, _ in eigenCAM(activation: activation) },
    ]

    /// The layer's activation and the gradient of the peak's logit, for the item of the batch that has this peak.
    private func layer(_ golden: JSONValue) throws -> (Tensor, Tensor) {
        let (numbers, graph, store) = try network()
        let input = try numbers["input"].tensor()
        let program = try ReferenceBackend().compile(
            graph, parameters: store, inputs: ["image": input.shape], mode: .inspection)
        let heatmap = try #require(try program.forward(["image": input])["heatmap"])
        let peak = try ["category", "y", "x"].map { try golden["peak"][$0].integer() }
        let value = Float(try golden["peak"]["value"].number())
        let distances = (0..<heatmap.shape[0]).map { abs(heatmap[$0, peak[0], peak[1], peak[2]] - value) }
        let item = try #require(distances.indices.min { distances[$0] < distances[$1] })
        #expect(distances[item] < 1e-4)
        var seed = Tensor(heatmap.shape)
        seed[item, peak[0], peak[1], peak[2]] = 1
        try program.backward(["heatmap": seed])
        let name = try golden["layer"].string()
        return (items(try program.value(name))[item], items(try program.gradient(name))[item])
    }

    /// Turns a raw map into the one that is shown.
    private func finished(_ raw: Tensor, _ shape: [Int]) -> Tensor {
        minMaxScaled(resized(minMaxScaled(rectified(raw)), rows: shape[0], columns: shape[1]))
    }

    private func negated(_ map: Tensor) -> Tensor { tensor(map.shape, map.elements.map { -$0 }) }

    private func hasDeadChannel(_ layer: Tensor) -> Bool {
        items(layer).contains { $0.elements.allSatisfy { $0 == 0 } }
    }

    private func product(_ a: Tensor, _ b: Tensor) -> Tensor {
        tensor(a.shape, zip(a.elements, b.elements).map { $0 * $1 })
    }
}
