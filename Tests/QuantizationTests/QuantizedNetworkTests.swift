import Foundation
import Graphs
import Images
import Inference
import JSON
import Networks
import ONNX
import OneDNNBackend
import Operators
import Quantization
import Tensors
import TestSupport
import Testing
import WeightFiles

/// Quantized networks: where integers are used, what they compute, and their files.
@Suite struct QuantizedNetworkTests {
    private static func model(_ name: String) throws -> Model {
        let model = try Model(
            network: NetworkConfiguration(name: name, classCount: 2, headChannels: 16), classNames: ["a", "b"],
            inputSize: 64, seed: 7)
        // Normalizations with an effect, weights of different magnitudes, and heads with nonzero outputs.
        for (index, entry) in model.parameters.entries.enumerated() {
            var random = SeededGenerator(9, index)
            for place in entry.value.elements.indices {
                switch entry.declaration.shape.count {
                case 1: entry.value.elements[place] += Float(random.uniform(0, 0.3))
                default: entry.value.elements[place] += Float(random.normal() * 0.02)
                }
            }
        }
        model.parameters.markChanged()
        return model
    }

    private static func noise(_ seed: UInt64) -> Tensor {
        var random = SeededGenerator(seed, 1)
        return Tensor([1, 3, 64, 64], elements: (0..<3 * 64 * 64).map { _ in Float(random.normal()) })
    }

    private static func quantized(_ model: Model, layers: Set<String>? = nil, bits: Int = 8) throws -> Model {
        let folded = model.foldingNormalizations
        let layers = layers ?? Set(Placement.layers(of: folded.graph))
        let placement = Placement(folded.graph, layers: layers)
        let calibration = try Calibration(
            of: folded, values: placement.values, backend: OneDNNBackend(), imageCount: 3
        ) { Self.noise(UInt64($0)) }
        return try folded.quantizing(
            layers: layers, placement: placement, scales: calibration.scales(.extremes), weightBits: bits,
            notes: ["calibration": "extremes"])
    }

    private static func run(
        _ model: Model, _ input: Tensor, on backend: any Backend = OneDNNBackend(), taps: Set<String> = []
    ) throws -> (outputs: [String: Tensor], values: [String: Tensor]) {
        let program = try backend.compile(
            model.graph, parameters: model.parameters, inputs: ["image": input.shape], mode: .inspection,
            taps: Taps(taps))
        let outputs = try program.forward(["image": input])
        return (outputs, try Dictionary(uniqueKeysWithValues: taps.map { ($0, try program.value($0)) }))
    }

    /// Returns the root mean square of a difference, relative to that of the second tensor.
    private static func distance(_ a: Tensor, _ b: Tensor) -> Double {
        var (difference, own) = (0.0, 0.0)
        for (x, y) in zip(a.elements, b.elements) {
            difference += Double((x - y) * (x - y))
            own += Double(y * y)
        }
        return (difference / own).squareRoot()
    }

    @Test(arguments: ["compact", "resnet18", "dla34", "dla34-plain", "hourglass-small"])
    func foldingKeepsTheAnswers(name: String) throws {
        let model = try Self.model(name)
        let folded = model.foldingNormalizations
        #expect(folded.graph.nodes.count { $0.operator is BatchNormalization } < 8)
        // A normalization's name can still be used.
        if name == "compact" { #expect(folded.graph.value(named: "backbone.stem.1") != nil) }
        let (own, other) = (try Self.run(model, Self.noise(8)).outputs, try Self.run(folded, Self.noise(8)).outputs)
        for (name, tensor) in own { #expect(Self.distance(try #require(other[name]), tensor) < 1e-4) }
    }

    /// With all layers of an untrained network quantized, where errors add up, the outputs are still close.
    @Test(arguments: ["compact", "resnet18", "dla34-plain", "hourglass-small"], [8, 7])
    func integersAreNearTheFloats(name: String, bits: Int) throws {
        let model = try Self.model(name)
        let quantized = try Self.quantized(model, bits: bits)
        let (own, other) = (try Self.run(model, Self.noise(8)).outputs, try Self.run(quantized, Self.noise(8)).outputs)
        for (output, tensor) in own {
            let distance = Self.distance(try #require(other[output]), tensor)
            #expect(distance > 0 && distance < 0.15, "\(name) \(output) \(bits)")
        }
        let weights = try #require(quantized.quantization).weights
        for layer in weights {
            let (values, form) = try #require(quantized.parameters.integers(of: "\(layer).weight"))
            let largest = values.map(abs).max() ?? 0
            #expect(largest <= (bits == 7 ? 64 : 127) && form.width == .eight)
        }
    }

    @Test(arguments: ["compact", "resnet18"]) func bothBackendsAgree(name: String) throws {
        let quantized = try Self.quantized(try Self.model(name))
        let fast = try Self.run(quantized, Self.noise(8)).outputs
        let plain = try Self.run(quantized, Self.noise(8), on: ReferenceBackend()).outputs
        // A sum halfway between two integers may be rounded either way.
        for (output, tensor) in plain { #expect(Self.distance(try #require(fast[output]), tensor) < 0.02) }
    }

    /// A convolution of dequantized values is the sum of products of integers, times one factor per channel.
    @Test func convolutionsAreSumsOfIntegers() throws {
        let layer = "backbone.layer1.0.conv2"
        let quantized = try Self.quantized(try Self.model("compact"))
        let node = try #require(quantized.graph.nodes.first { $0.name == layer })
        let source = quantized.graph.nodes[node.inputs[0].index]
        let before = quantized.graph.nodes[source.inputs[0].index]
        #expect(source.operator is DequantizeLinear && before.operator is QuantizeLinear)
        let values = try Self.run(quantized, Self.noise(8), on: ReferenceBackend(), taps: [before.name, layer]).values
        let (integers, result) = (try #require(values[before.name]), try #require(values[layer]))
        let zero = try #require(quantized.parameters["\(source.name).zero_point"]).elements[0]
        let scale = try #require(quantized.parameters["\(source.name).scale"]).elements[0]
        let weight = try #require(quantized.parameters.integers(of: "\(layer).weight"))
        let bias = try #require(quantized.parameters.integers(of: "\(layer).bias"))
        let shape = try #require(quantized.parameters["\(layer).weight"]).shape
        #expect(integers.elements.allSatisfy { $0 == $0.rounded() && (0...255).contains($0) })
        let (rows, columns) = (integers.shape[2], integers.shape[3])
        for channel in 0..<shape[0] {
            for (y, x) in [(0, 0), (3, 5), (rows - 1, columns - 1)] {
                var sum = Int(bias.values[channel])
                for c in 0..<shape[1] {
                    for i in 0..<3 {
                        for j in 0..<3 {
                            let (row, column) = (y + i - 1, x + j - 1)
                            guard (0..<rows).contains(row), (0..<columns).contains(column) else { continue }
                            let factor = Int(weight.values[((channel * shape[1] + c) * 3 + i) * 3 + j])
                            sum += factor * (Int(integers[0, c, row, column]) - Int(zero))
                        }
                    }
                }
                let expected = Float(sum) * scale * weight.form.scales[channel]
                #expect(abs(result[0, channel, y, x] - expected) <= 1e-4 * max(1, abs(expected)))
            }
        }
    }

    // MARK: Placement of integers

    @Test func whatConvolutionsReadIsIntegers() throws {
        for name in ["compact", "resnet18", "dla34", "dla34-plain", "hourglass-small", "resdcn18"] {
            let graph = try Self.model(name).foldingNormalizations.graph
            let layers = Set(Placement.layers(of: graph))
            let placement = Placement(graph, layers: layers)
            let quantized = try graph.quantizing(
                Dictionary(uniqueKeysWithValues: placement.values.map { ($0, IntegerKind.uint8) }))
            for node in quantized.nodes where layers.contains(node.name) {
                #expect(quantized.nodes[node.inputs[0].index].operator is DequantizeLinear, "\(name) \(node.name)")
            }
            // Operators that only move values have the same scale before and after.
            for (value, source) in placement.sources {
                #expect(placement.values.contains(source), "\(value)")
            }
            // Activations come before rounding, never after it.
            for node in quantized.nodes where node.operator is ReLU {
                #expect(!(quantized.nodes[node.inputs[0].index].operator is DequantizeLinear), "\(name) \(node.name)")
            }
        }
    }

    /// In the sum at the end of a residual block, one summand is a convolution's float result, and the other is quantized.
    @Test func sumsAreRoundedOnce() throws {
        let graph = try Self.model("resnet18").foldingNormalizations.graph
        let placement = Placement(graph, layers: Set(Placement.layers(of: graph)))
        #expect(placement.values.contains("backbone.layer1"))
        #expect(!placement.values.contains("backbone.layer1.1.conv2"))
        #expect(!placement.values.contains("backbone.layer1.1.add"))
        // The shortcut's convolution is rounded, because it comes first.
        let shortcut = placement.values.contains("backbone.layer2.0.downsample.0")
        #expect(shortcut != placement.values.contains("backbone.layer2.0.conv2"))
        #expect(placement.sources["backbone.maxpool"] == "backbone.relu")
    }

    @Test func layersThatAreKeptReadFloats() throws {
        let graph = try Self.model("compact").foldingNormalizations.graph
        let all = Placement.layers(of: graph)
        let placement = Placement(graph, layers: Set(all.filter { $0 != "backbone.stem.0" }))
        #expect(!placement.values.contains("image"))
        #expect(Placement(graph, layers: Set(all)).values.contains("image"))
        #expect(Placement(graph, layers: []).values.isEmpty)
    }

    // MARK: Files

    @Test(arguments: ["compact", "resnet18"]) func filesHoldBytes(name: String) throws {
        let folder = try TemporaryFolder()
        let (floats, integers) = (folder.file("floats.safetensors"), folder.file("integers.safetensors"))
        let model = try Self.model(name)
        let quantized = try Self.quantized(model, bits: 7)
        try model.save(to: floats)
        try quantized.save(to: integers)
        let sizes = try [floats, integers].map { try #require(try $0.resourceValues(forKeys: [.fileSizeKey]).fileSize) }
        #expect(Double(sizes[1]) < 0.3 * Double(sizes[0]), "\(sizes)")
        let loaded = try Model.load(integers)
        #expect(loaded.quantization == quantized.quantization)
        #expect(loaded.graph.nodes.map(\.name) == quantized.graph.nodes.map(\.name))
        for entry in quantized.parameters.entries {
            #expect(loaded.parameters[entry.name] == quantized.parameters[entry.name], "\(entry.name)")
            #expect(
                loaded.parameters.quantizedForm(of: entry.name) == quantized.parameters.quantizedForm(of: entry.name))
        }
        // Saving it again gives the same file.
        let again = folder.file("again.safetensors")
        try loaded.save(to: again)
        #expect(try Data(contentsOf: again) == (try Data(contentsOf: integers)))
        // Its tensors cannot be used by other networks, which is an error.
        #expect(throws: WeightsError.quantized(path: integers.path)) { try model.start(from: integers) }
        #expect(throws: NetworkError.quantized(name)) { try loaded.published() }
    }

    @Test func whatAFileSaysWrongIsNamed() throws {
        let folder = try TemporaryFolder()
        let layer = "heads.size.0"
        let quantized = try Self.quantized(try Self.model("compact"), layers: [layer])
        let good = folder.file("good.safetensors")
        try quantized.save(to: good)
        let content = try SafeTensorsFile(contentsOf: good)
        let input = try #require(quantized.quantization?.activations.keys.first)

        func problem(_ change: (inout SafeTensorsFile) throws -> Void) throws -> String {
            var file = content
            try change(&file)
            let place = folder.file("changed.safetensors")
            try file.write(to: place)
            do {
                _ = try Model.load(place)
                return "nothing"
            } catch {
                return error.description
            }
        }
        func replace(_ name: String, _ values: [Float], shape: [Int]? = nil) throws -> String {
            try problem { file in
                let place = try #require(file.tensors.firstIndex { $0.name == name }, "\(name)")
                file.tensors[place].tensor = Tensor(shape ?? file.tensors[place].tensor.shape, elements: values)
            }
        }
        #expect(try problem { _ in } == "nothing")
        let count = try #require(quantized.parameters["\(layer).weight"]).shape[0]
        for bad in [0, -1, .nan, .infinity] as [Float] {
            let scales = [Float](repeating: 1, count: count - 1) + [bad]
            #expect(try replace("\(layer).weight_scale", scales).contains("must be above zero"))
            #expect(try replace("\(input).quantize.scale", [bad]).contains("must be above zero"))
            #expect(try replace("\(input).dequantize.scale", [bad]).contains("must be above zero"))
        }
        for bad in [0.5, -1, 256, .nan] as [Float] {
            #expect(try replace("\(input).quantize.zero_point", [bad]).contains("its zero point is"))
            #expect(try replace("\(input).dequantize.zero_point", [bad]).contains("its zero point is"))
        }
        #expect(try replace("\(layer).weight_scale", [1], shape: [1]).contains("it has scales [1] for weights"))
        #expect(
            try problem { $0.tensors.removeAll { $0.name == "\(layer).weight_scale" } }.contains("are missing"))
        #expect(
            try problem { file in
                let place = try #require(file.tensors.firstIndex { $0.name == "\(layer).weight" })
                let shape = file.tensors[place].tensor.shape
                file.tensors[place].tensor = Tensor(shape, repeating: 300)
            }.contains("is not an int8"))
        for (text, words) in [
            ("nonsense", "quantization"), ("{}", "quantization"),
            (
                #"{"activations":{"uint8":["nobody"]},"weights":[],"weightBits":8,"notes":{}}"#,
                "no layer called 'nobody'"
            ),
            (#"{"activations":{"int3":["image"]},"weights":[],"weightBits":8,"notes":{}}"#, "int3"),
            (#"{"activations":{"uint8":["image"],"int8":["image"]},"weights":[],"weightBits":8,"notes":{}}"#, "twice"),
            (#"{"activations":{},"weights":["image"],"weightBits":8,"notes":{}}"#, "not a convolution"),
            (#"{"activations":{},"weights":[],"weightBits":3,"notes":{}}"#, "3 bits"),
        ] {
            let said = try problem { $0.metadata["quantization"] = text }
            #expect(said.contains(words), "\(said)")
        }
    }

    @Test(arguments: ["compact", "resnet18"]) func writtenAsONNXItIsTheSameNetwork(name: String) throws {
        let quantized = try Self.quantized(try Self.model(name))
        let data = try exportONNX(
            quantized.graph, parameters: quantized.parameters, inputs: ["image": [1, 3, 64, 64]])
        let imported = try ONNXModel(data).network()
        let input = ["image": Self.noise(8)]
        let program = try ReferenceBackend().compile(
            imported.graph, parameters: imported.parameters, inputs: imported.inputShapes, mode: .inference)
        let own = try ReferenceBackend().compile(
            quantized.graph, parameters: quantized.parameters, inputs: imported.inputShapes, mode: .inference)
        #expect(try program.forward(input) == (try own.forward(input)))
        for layer in try #require(quantized.quantization).weights {
            #expect(
                imported.parameters.integers(of: "\(layer).weight")?.values
                    == quantized.parameters.integers(of: "\(layer).weight")?.values)
        }
    }

    /// With straight-through rounding, gradients are close to those of floats.
    @Test func gradientsReachTheImage() throws {
        let model = try Self.model("compact")
        let quantized = try Self.quantized(model)
        func gradient(_ model: Model, _ backend: any Backend) throws -> Tensor {
            let program = try backend.compile(
                model.graph, parameters: model.parameters, inputs: ["image": [1, 3, 64, 64]], mode: .inspection,
                taps: Taps(["image"]))
            let outputs = try program.forward(["image": Self.noise(8)])
            var seed = Tensor(try #require(outputs["heatmap"]).shape)
            seed[0, 1, 7, 9] = 1
            try program.backward(["heatmap": seed])
            return try program.gradient("image")
        }
        let (own, other) = (try gradient(model, OneDNNBackend()), try gradient(quantized, OneDNNBackend()))
        #expect(own.elements.contains { $0 != 0 } && Self.distance(other, own) < 0.5)
        #expect(Self.distance(try gradient(quantized, ReferenceBackend()), other) < 0.2)
    }

    // MARK: The search

    @Test func asFewLayersAsNeededStayInFloats() throws {
        let folder = try TemporaryFolder()
        let model = try Self.model("compact")
        var files: [URL] = []
        for index in 0..<3 {
            var random = SeededGenerator(4, index)
            let image = Image(
                width: 64, height: 64, pixels: (0..<3 * 64 * 64).map { _ in UInt8(random.uniform(0, 255)) })
            files.append(folder.file("\(index).png"))
            try image.writePNG(to: files[index])
        }
        var options = QuantizationOptions()
        (options.imageCount, options.sensitivityImageCount, options.weightBits) = (3, 1, 8)
        var quantizer = try Quantizer(model, backend: OneDNNBackend(), options: options)
        #expect(try quantizer.calibrate(on: files) == 3)
        #expect(quantizer.errors.map(\.layer) == quantizer.candidates)
        #expect(quantizer.errors.allSatisfy { $0.error > 0 && $0.error < 0.5 })
        let worst = quantizer.worstFirst
        for needed in [0, 1, 3, 6, worst.count - 1] {
            var tried: [Int] = []
            let found = try quantizer.search(notes: [:]) { model, kept in
                tried.append(kept)
                #expect(model.quantization?.weights.count == worst.count - kept)
                return kept >= needed ? 0.001 : 0.1
            }
            #expect(found.kept == Array(worst[..<needed]), "\(tried)")
            #expect(found.model.quantization?.weights == Set(worst[needed...]))
            #expect(Set(tried).count == tried.count)
        }
        #expect(throws: QuantizationError.tooMuchLost(least: 0.25, tolerance: 0.005)) {
            try quantizer.search(notes: [:]) { _, kept in kept > 2 ? 0.25 : 0.5 }
        }
        options.kept = ["backbone.**"]
        #expect(
            try Quantizer(model, backend: OneDNNBackend(), options: options).candidates.allSatisfy {
                !$0.hasPrefix("backbone")
            })
        options.kept = ["backbone.relu"]
        #expect(throws: (any Error).self) { try Quantizer(model, backend: OneDNNBackend(), options: options) }
    }
}
