import Foundation
import Graphs
import JSON
import Networks
import OneDNNBackend
import Tensors
import TestSupport
import Testing

/// CenterNet's published architectures with the same weights, which a formula generates (see `Tools/Goldens/networks.py`).
@Suite(.serialized) struct PublishedNetworkTests {
    static let names = [
        "resnet18-wide", "resnet34-wide", "resnet50-wide", "resnet101-wide", "resdcn18", "resdcn34", "resdcn50",
        "resdcn101",
        "dla34", "dla34-plain", "hourglass104",
    ]

    @Test(arguments: [OneDNNBackend(), ReferenceBackend()] as [any Backend], names)
    func outputsAreThoseThatArePublished(backend: any Backend, name: String) throws {
        let file = try Golden.load("networks")
        let golden = try #require(try file["networks"].array().first { try $0["name"].string() == name })
        let side = try file["side"].integer()
        let graph = try NetworkCatalogue.make(NetworkConfiguration(name: name, classCount: 3))
        let scheme = try #require(PublishedNames.schemes(for: name).first { $0.name == "CenterNet" })
        let store = ParameterStore(for: graph)
        for entry in store.entries { fill(entry.value, as: try #require(scheme.published(entry.name))) }
        store.markChanged()
        let image = Tensor([1, 3, side, side], elements: (0..<3 * side * side).map { number(hash("image"), $0) })
        let program = try backend.compile(
            graph, parameters: store, inputs: ["image": image.shape], mode: .inference)
        let outputs = try program.forward(["image": image])
        for (key, expected) in try golden["outputs"].object() {
            let output = try #require(outputs[key], "\(key)")
            #expect(output.shape == (try expected["shape"].integers()))
            let numbers = try expected["elements"].numbers()
            let elements = output.elements
            let scale = try expected["scale"].number()
            for (index, number) in numbers.enumerated() {
                let place = index * (elements.count - 1) / (numbers.count - 1)
                #expect(abs(Double(elements[place]) - number) < 1e-4 * scale, "\(key)[\(place)] of \(name)")
            }
            let sum = elements.reduce(0) { $0 + Double($1) }
            #expect(abs(sum - (try expected["sum"].number())) < 1e-5 * scale * Double(elements.count))
        }
        #expect(outputs.count == (try golden["outputs"].object()).count)
    }

    /// FNV-1a, 32 bits.
    private func hash(_ text: String) -> UInt32 { text.utf8.reduce(2_166_136_261) { ($0 ^ UInt32($1)) &* 16_777_619 } }

    /// Pseudorandom element at a position for a seed: a multiple of 2^-23 in `-1..<1`.
    private func number(_ seed: UInt32, _ position: Int) -> Float {
        var x = UInt32(truncatingIfNeeded: position) &* 0x9e37_79b9 &+ seed
        x = (x ^ (x >> 16)) &* 0x85eb_ca6b
        x = (x ^ (x >> 13)) &* 0xc2b2_ae35
        x ^= x >> 16
        return Float(x >> 8) * 0x1p-23 - 1
    }

    /// Fills a parameter with numbers that depend on its published name.
    private func fill(_ view: TensorView, as name: String) {
        let seed = hash(name)
        let shape = view.shape
        var (factor, summand): (Float, Float) = (0.25, 0)
        if name.hasSuffix(".running_var") {
            (factor, summand) = (0.5, 1)
        } else if shape.count == 4 {
            // Kernels of even size are those of transposed convolutions.
            let isTransposed = shape[2] % 2 == 0
            let fanIn = isTransposed ? 4 * (shape[1] > 1 ? shape[0] : 1) : shape[1] * shape[2] * shape[3]
            factor = Float(((name.contains("conv_offset_mask") ? 0.3 : 3) / Double(fanIn)).squareRoot())
        } else if name.hasSuffix(".weight") {
            summand = 1
        }
        let elements = view.elements
        for index in elements.indices { elements[index] = number(seed, index) * factor + summand }
    }
}
