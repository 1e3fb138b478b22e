import Graphs
import Operators
import Tensors
import WeightFiles

extension Model {
    /// The model with normalizations folded into the convolutions before them. Results differ in their last bits.
    public var foldingNormalizations: Model {
        var model = self
        model.graph = graph.foldingNormalizations
        model.parameters = ParameterStore(for: model.graph)
        let folding = NormalizationFolding(graph)
        for (index, node) in graph.nodes.enumerated() where model.graph.value(named: node.name) != nil {
            func views(_ node: Graph.Node) -> [TensorView] {
                (node.operator?.parameters ?? []).compactMap { parameters.entry(node.parameterName($0))?.value }
            }
            if let place = folding.normalizations[index], let convolution = node.operator as? any ScalableConvolution,
                let normalization = graph.nodes[place].operator as? BatchNormalization
            {
                let (weight, bias) = NormalizationFolding.fold(
                    convolution, views(node), normalization, views(graph.nodes[place]))
                model.parameters.entry("\(node.name).weight")?.value.assign(weight)
                model.parameters.entry("\(node.name).bias")?.value.assign(bias)
            } else {
                for declaration in node.operator?.parameters ?? [] {
                    let name = node.parameterName(declaration)
                    guard let tensor = parameters[name] else { continue }
                    model.parameters.entry(name)?.value.assign(tensor)
                }
            }
        }
        model.parameters.markChanged()
        return model
    }

    /// Marks the biases of convolutions with integer inputs and weights as multiples of the product of both scales, where they are.
    public func noteBiases() {
        guard let quantization = description.quantization else { return }
        for node in graph.nodes where quantization.weights.contains(node.name) {
            guard let scales = biasScales(of: node) else { continue }
            parameters.setQuantizedForm(QuantizedForm(.thirtyTwo, scales: scales), of: "\(node.name).bias")
        }
    }

    /// Returns the scale of products of a convolution's integers, for each channel; nil if it reads floats, or has no bias.
    public func biasScales(of node: Graph.Node) -> [Float]? {
        guard let source = node.inputs.first.map({ graph.nodes[$0.index] }), source.operator is DequantizeLinear,
            let scale = parameters["\(source.name).scale"]?.elements.first,
            let form = parameters.quantizedForm(of: "\(node.name).weight"),
            parameters.entry("\(node.name).bias") != nil
        else { return nil }
        let scales = form.scales.map { $0 * scale }
        return scales.allSatisfy { $0 > 0 && $0.isFinite } ? scales : nil
    }
}

extension ModelDescription {
    /// Returns the name under which a file stores the scales of a weight's integers.
    static func scaleName(_ weight: String) -> String { "\(weight)_scale" }

    /// Replaces a file's integers by the floats that they represent, and returns their scales.
    ///
    /// - Parameter graph: The quantized network.
    /// - Throws: ``WeightsError/quantization(path:reason:)`` for invalid scales and integers.
    func dequantize(
        _ tensors: inout [String: Tensor], graph: Graph, path: String
    ) throws(WeightsError) -> [(name: String, form: QuantizedForm)] {
        guard let quantization else { return [] }
        var forms: [(name: String, form: QuantizedForm)] = []
        for layer in quantization.weights.sorted() {
            func refuse(_ reason: String) -> WeightsError {
                .quantization(path: path, reason: "'\(layer)': \(reason)")
            }
            guard let node = graph.value(named: layer).map({ graph.nodes[$0.index] }), node.name == layer,
                let axis = weightAxis(of: node.operator)
            else { throw refuse("it is not a convolution whose weights can be integers") }
            let name = "\(layer).weight"
            guard let weight = tensors[name], let scale = tensors.removeValue(forKey: Self.scaleName(name)) else {
                throw refuse("its integers, or their scales, are missing")
            }
            guard weight.shape.indices.contains(axis), scale.shape == [weight.shape[axis]] else {
                throw refuse("it has scales \(scale.shape) for weights \(weight.shape)")
            }
            let scales = scale.elements
            if let bad = scales.first(where: { !($0 > 0 && $0.isFinite) }) {
                throw refuse("a scale of its weights is \(bad), but must be above zero")
            }
            let form = QuantizedForm(.eight, axis: axis, scales: scales)
            let (integers, place) = (weight.elements, form.places(in: weight.shape))
            if let bad = integers.first(where: { !(-128...127).contains($0) || $0 != $0.rounded() }) {
                throw refuse("its weight \(bad) is not an int8")
            }
            tensors[name] = Tensor(
                weight.shape,
                elements: integers.enumerated().map { index, integer in integer * scales[place(index)] })
            forms.append((name, form))
        }
        for node in graph.nodes where node.operator is QuantizeLinear || node.operator is DequantizeLinear {
            try requireScale(of: node, graph, tensors, path: path)
        }
        return forms
    }

    private func requireScale(
        of node: Graph.Node, _ graph: Graph, _ tensors: [String: Tensor], path: String
    ) throws(WeightsError) {
        // Missing tensors are reported elsewhere.
        guard let scale = tensors["\(node.name).scale"]?.elements.first,
            let zero = tensors["\(node.name).zero_point"]?.elements.first
        else { return }
        let before = graph.nodes[node.inputs[0].index].operator
        let quantizer = (node.operator as? QuantizeLinear) ?? (before as? QuantizeLinear)
        let range = (quantizer?.integers ?? .uint8).range
        guard scale > 0, scale.isFinite else {
            throw .quantization(path: path, reason: "'\(node.name)': its scale is \(scale), but must be above zero")
        }
        guard zero == zero.rounded(), Float(range.lowerBound)...Float(range.upperBound) ~= zero else {
            throw .quantization(
                path: path, reason: "'\(node.name)': its zero point is \(zero), but must be an integer in \(range)")
        }
    }
}
