import Graphs
import Operators
import Tensors
import WeightFiles

extension Model {
    /// The same network with normalizations made part of the convolutions before them. Results differ in their last bits.
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

    /// Says of each convolution that reads integers and has such weights that its bias is a whole multiple of what one product of
    /// theirs stands for, where it is.
    public func noteBiases() {
        guard let quantization else { return }
        for node in graph.nodes where quantization.weights.contains(node.name) {
            guard let scales = biasScales(of: node) else { continue }
            parameters.setQuantizedForm(QuantizedForm(.thirtyTwo, scales: scales), of: "\(node.name).bias")
        }
    }

    /// What one product of a convolution's integers stands for, a channel each; nil where it reads floats, or has no bias.
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
    /// What a file keeps the factors of a weight's integers under.
    static func scaleName(_ weight: String) -> String { "\(weight)_scale" }

    /// The floats that a file's integers stand for, in the place of these, and what they were made of.
    ///
    /// - Parameter graph: The network, quantized.
    /// - Throws: ``WeightsError/quantization(path:reason:)`` for scales and integers that cannot be.
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
            else { throw refuse("it is no convolution whose weights can be integers") }
            let name = "\(layer).weight"
            guard let weight = tensors[name], let scale = tensors.removeValue(forKey: Self.scaleName(name)) else {
                throw refuse("its integers, or their scales, are missing")
            }
            guard weight.shape.indices.contains(axis), scale.shape == [weight.shape[axis]] else {
                throw refuse("it has scales \(scale.shape) for weights \(weight.shape)")
            }
            let scales = scale.elements
            if let bad = scales.first(where: { !($0 > 0 && $0.isFinite) }) {
                throw refuse("a scale of its weights is \(bad), and must be above zero")
            }
            let form = QuantizedForm(.eight, axis: axis, scales: scales)
            let (integers, place) = (weight.elements, form.places(in: weight.shape))
            if let bad = integers.first(where: { !(-128...127).contains($0) || $0 != $0.rounded() }) {
                throw refuse("its weight \(bad) is no int8")
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
        // What is missing is said elsewhere.
        guard let scale = tensors["\(node.name).scale"]?.elements.first,
            let zero = tensors["\(node.name).zero_point"]?.elements.first
        else { return }
        let before = graph.nodes[node.inputs[0].index].operator
        let quantizer = (node.operator as? QuantizeLinear) ?? (before as? QuantizeLinear)
        let range = (quantizer?.integers ?? .uint8).range
        guard scale > 0, scale.isFinite else {
            throw .quantization(path: path, reason: "'\(node.name)': its scale is \(scale), and must be above zero")
        }
        guard zero == zero.rounded(), Float(range.lowerBound)...Float(range.upperBound) ~= zero else {
            throw .quantization(
                path: path, reason: "'\(node.name)': its zero point is \(zero), and must be a whole number in \(range)")
        }
    }
}
