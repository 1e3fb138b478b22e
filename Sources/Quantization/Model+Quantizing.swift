import Graphs
import Networks
import Operators
import Tensors

/// The scale and zero point of a quantized activation.
public struct ActivationScale: Sendable, Equatable {
    /// The size of one step; above zero.
    public let scale: Float
    /// The integer that represents zero; from 0 to 255.
    public let zeroPoint: Float

    /// Creates the scale with which bytes from 0 to 255 cover a range.
    ///
    /// - Parameter range: The range, which contains zero; zero is represented exactly.
    public init(covering range: ClosedRange<Float>) {
        let width = range.upperBound - range.lowerBound
        guard width > 0, width.isFinite, width / 255 > .leastNormalMagnitude else {
            (scale, zeroPoint) = (1, 0)
            return
        }
        scale = width / 255
        zeroPoint = min(max((-range.lowerBound / scale).rounded(.toNearestOrEven), 0), 255)
    }
}

extension Model {
    /// Returns the model with some convolutions quantized.
    ///
    /// - Parameters:
    ///   - layers: Convolutions of this network, with folded normalizations.
    ///   - scales: The scale of each quantized value.
    ///   - weightBits: 8 or 7.
    /// - Throws: ``NetworkError``, ``GraphError``.
    package func quantizing(
        layers: Set<String>, placement: Placement, scales: [String: ActivationScale], weightBits: Int,
        notes: [String: String] = [:]
    ) throws -> Model {
        var model = self
        let activations = Dictionary(uniqueKeysWithValues: placement.values.map { ($0, IntegerKind.uint8) })
        let quantization = ModelQuantization(
            activations: activations, weights: layers, weightBits: weightBits, notes: notes)
        model.quantization = quantization
        model.graph = try graph.quantizing(activations)
        model.parameters = ParameterStore(for: model.graph)
        for entry in parameters.entries {
            if let tensor = parameters[entry.name] { try model.parameters.assign(entry.name, tensor) }
        }
        for name in placement.values {
            guard let scale = scales[placement.origin(of: name)] else { preconditionFailure("no scale for \(name)") }
            for node in [Graph.quantizer(of: name), Graph.dequantizer(of: name)] {
                try model.parameters.assign("\(node).scale", Tensor([], elements: [scale.scale]))
                try model.parameters.assign("\(node).zero_point", Tensor([], elements: [scale.zeroPoint]))
            }
        }
        for node in model.graph.nodes where layers.contains(node.name) {
            try model.roundWeights(of: node, largest: quantization.largestWeight)
        }
        return model
    }

    /// Rounds a convolution's weight to multiples of a scale per channel, symmetric about zero, and its bias to multiples of the product of
    /// the input's and the weight's scales.
    private func roundWeights(of node: Graph.Node, largest: Float) throws {
        let name = "\(node.name).weight"
        guard let axis = weightAxis(of: node.operator), let weight = parameters[name] else {
            preconditionFailure("\(node.name) has no weight that can be integers")
        }
        let bias = parameters["\(node.name).bias"]?.elements
        let source = graph.nodes[node.inputs[0].index]
        let step = source.operator is DequantizeLinear ? parameters["\(source.name).scale"]?.elements.first : nil
        let elements = weight.elements
        let channels = weight.shape[axis]
        // Only the positions matter here, not the scales.
        let place = QuantizedForm(.eight, axis: axis, scales: [Float](repeating: 1, count: channels))
            .places(in: weight.shape)
        var greatest = [Float](repeating: 0, count: channels)
        for (index, element) in elements.enumerated() {
            greatest[place(index)] = max(greatest[place(index)], abs(element))
        }
        let scales = greatest.enumerated().map { channel, greatest -> Float in
            var scale = greatest / largest
            // A bias must fit in 32 bits; a channel with tiny weights and a large bias is practically constant.
            if let bias, let step { scale = max(scale, abs(bias[channel]) / (step * 0x1p30)) }
            return scale > .leastNormalMagnitude && scale.isFinite ? scale : 1
        }
        let form = QuantizedForm(.eight, axis: axis, scales: scales)
        let rounded = elements.enumerated().map { index, element -> Float in
            let scale = scales[place(index)]
            return min(max((element / scale).rounded(.toNearestOrEven), -largest), largest) * scale
        }
        try parameters.assign(name, Tensor(weight.shape, elements: rounded))
        parameters.setQuantizedForm(form, of: name)
        guard let bias, let units = biasScales(of: node) else { return }
        let kept = zip(bias, units).map { ($0 / $1).rounded(.toNearestOrEven) * $1 }
        try parameters.assign("\(node.name).bias", Tensor([kept.count], elements: kept))
        parameters.setQuantizedForm(QuantizedForm(.thirtyTwo, scales: units), of: "\(node.name).bias")
    }
}
