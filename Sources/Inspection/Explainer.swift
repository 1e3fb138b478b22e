import Foundation
import Graphs
import Tensors

/// Explains targets by any method, for any network.
public struct Explainer {
    /// The network.
    public let inspector: Inspector
    /// The methods' options.
    public var options: MethodOptions

    /// Creates an explainer for a network.
    public init(_ inspector: Inspector, options: MethodOptions = MethodOptions()) {
        self.inspector = inspector
        self.options = options
    }

    /// Returns one explanation per target, by one method.
    ///
    /// - Throws: as ``explain(_:by:layers:targets:)-([Method])``.
    public func explain(
        _ input: Tensor, by method: Method, layers: [String], targets: [Target]
    ) throws -> [Explanation] {
        try explain(input, by: [method], layers: layers, targets: targets)[0]
    }

    /// Returns, for each method, one explanation per target.
    ///
    /// Gradients of all targets are computed side by side, with a single forward pass, and once for all methods.
    ///
    /// - Parameters:
    /// - input: `[1, 3, row, column]`, normalized as the network expects.
    /// - layers: The layers that ``Method/Subject/layers`` methods look at; the others look at the input.
    /// - Throws: ``InspectionError``, ``GraphError``.
    public func explain(
        _ input: Tensor, by methods: [Method], layers: [String], targets: [Target]
    ) throws -> [[Explanation]] {
        var shared: (record: Inspector.Record, milliseconds: Double)?
        func record() throws -> Inspector.Record {
            if let shared { return shared.record }
            let (record, milliseconds) = try timed {
                try inspector.record(input, layers: layers, targets: targets)
            }
            shared = (record, milliseconds)
            return record
        }
        return try methods.map { method in
            let (result, milliseconds) = try timed {
                switch method.subject {
                case .input: return try inputMaps(input, method, targets)
                case .layers:
                    try requirePaths(method, layers: layers, targets: targets)
                    return try layerMaps(input, method, try layouts(of: layers, input: input), targets, record)
                }
            }
            // The time that methods share counts in full for each of them.
            let sharing = method.needsLayerGradient && method != methods.first { $0.needsLayerGradient }
            let cost = milliseconds + (sharing ? shared?.milliseconds ?? 0 : 0)
            return targets.indices.map {
                Explanation(
                    method: method, target: targets[$0], value: result.values[$0], layers: result.maps[$0],
                    milliseconds: cost / Double(targets.count))
            }
        }
    }

    private func timed<Result>(_ body: () throws -> Result) rethrows -> (Result, Double) {
        let began = ContinuousClock.now
        let result = try body()
        return (result, (ContinuousClock.now - began) / .milliseconds(1))
    }

    private func requirePaths(_ method: Method, layers: [String], targets: [Target]) throws {
        if method.ignoresTarget { return }
        for target in targets {
            for layer in layers where try !inspector.reaches(target, from: layer) {
                throw InspectionError.noPath(layer: layer, target: target.name)
            }
        }
    }

    /// Returns where each layer has its rows and columns: more than one cell.
    private func layouts(of layers: [String], input: Tensor) throws -> [PlacedLayer] {
        let shapes = try inspector.shapes(of: layers, input: input.shape)
        return try zip(shapes, inspector.maps(of: layers, input: input.shape)).map { known, map in
            guard let map, map.rows * map.columns > 1 else {
                throw InspectionError.noExtent(layer: known.layer, shape: Array(known.shape.dropFirst()))
            }
            return PlacedLayer(name: known.layer, layout: map.layout)
        }
    }

    private func layerMaps(
        _ input: Tensor, _ method: Method, _ layers: [PlacedLayer], _ targets: [Target],
        _ shared: () throws -> Inspector.Record
    ) throws -> (values: [Float], maps: [[LayerMap]]) {
        let image = input.firstItem
        let names = layers.map(\.name)
        let record =
            method.needsLayerGradient
            ? try shared()
            : Inspector.Record(
                values: try targets.map { try inspector.scores(input, target: $0)[0] },
                activations: try inspector.activations(input, layers: names), gradients: [:])
        let values = record.values
        let maps = try targets.indices.map { index in
            try layers.map { layer in
                guard let activation = record.activations[layer.name] else { throw GraphError.notTapped(layer.name) }
                let gradient = record.gradients[layer.name].map { layer.layout.maps($0.item(index)) }
                let map = try layerMap(
                    method, layer, activation, gradient, image, targets[index], value: values[index])
                return LayerMap(layer: layer.name, map: map)
            }
        }
        return (values, maps)
    }

    private func layerMap(
        _ method: Method, _ layer: PlacedLayer, _ original: Tensor, _ gradient: Tensor?, _ image: Tensor,
        _ target: Target, value: Float
    ) throws -> Tensor {
        let activation = layer.layout.maps(original)
        let gradient = gradient ?? Tensor(activation.shape)
        func score(_ inputs: Tensor) throws -> [Float] { try inspector.scores(inputs, target: target) }
        switch method {
        case .cam:
            return classActivationMap(
                activation: activation, weights: try inspector.headWeights(of: target, after: layer.name))
        case .gradCAM: return gradCAM(activation: activation, gradient: gradient)
        case .gradCAMPlusPlus: return gradCAMPlusPlus(activation: activation, gradient: gradient)
        case .xGradCAM: return xGradCAM(activation: activation, gradient: gradient)
        case .hiResCAM: return hiResCAM(activation: activation, gradient: gradient)
        case .layerCAM: return layerCAM(activation: activation, gradient: gradient)
        case .elementWiseGradCAM: return elementWiseGradCAM(activation: activation, gradient: gradient)
        case .eigenCAM: return eigenCAM(activation: activation)
        case .eigenGradCAM: return eigenGradCAM(activation: activation, gradient: gradient)
        case .scoreCAM: return try scoreCAM(activation: activation, input: image, score: score)
        case .ablationCAM:
            return try ablationCAM(activation: activation, score: value) { activations in
                try inspector.scores(
                    replacing: layer.name, by: layer.layout.values(activations, original: original),
                    input: image.reshaped([1] + image.shape), target: target)
            }
        case .groupCAM:
            return try groupCAM(
                activation: activation, gradient: gradient, input: image, score: score, groups: options.groups)
        case .fullGrad, .inputGradient, .smoothGrad, .integratedGradients, .occlusion, .rise, .random, .centerGaussian:
            preconditionFailure("\(method.rawValue) does not look at layers")
        }
    }

    private func inputMaps(
        _ input: Tensor, _ method: Method, _ targets: [Target]
    ) throws -> (values: [Float], maps: [[LayerMap]]) {
        let image = input.firstItem
        let (rows, columns) = (image.shape[1], image.shape[2])
        let name = inspector.inputName
        func result(_ map: Tensor) -> [LayerMap] { [LayerMap(layer: name, map: map)] }
        if method == .inputGradient || method == .fullGrad {
            let taps = method == .fullGrad ? inspector.biases : []
            let record = try inspector.record(input, layers: [name] + taps.map(\.layer), targets: targets)
            let maps = targets.indices.map { index in
                let gradient = record.gradients[name]?.item(index) ?? Tensor(image.shape)
                if method == .inputGradient { return result(inputGradientMap(gradient: gradient)) }
                let layers = taps.compactMap { tap in
                    record.gradients[tap.layer].map { BiasedLayer(bias: tap.bias, gradient: $0.item(index)) }
                }
                return result(fullGradient(input: image, inputGradient: gradient, layers: layers))
            }
            return (record.values, maps)
        }
        let values = try targets.map { try inspector.scores(input, target: $0)[0] }
        let maps = try targets.map { target in
            func score(_ inputs: Tensor) throws -> [Float] { try inspector.scores(inputs, target: target) }
            func gradients(_ inputs: Tensor) throws -> Tensor { try inspector.inputGradients(inputs, target: target) }
            switch method {
            case .smoothGrad:
                return result(
                    try smoothGrad(
                        input: image, gradients: gradients, samples: options.smoothGradSamples,
                        noise: options.smoothGradNoise, seed: options.seed))
            case .integratedGradients:
                return result(
                    try integratedGradients(
                        input: image, baseline: Tensor(image.shape), gradients: gradients,
                        steps: options.integrationSteps))
            case .occlusion:
                let window = max(1, Int((Double(rows) * options.occlusionWindow).rounded()))
                return result(
                    try occlusion(
                        input: image, score: score, window: window,
                        stride: max(1, Int((Double(window) * options.occlusionStride).rounded()))))
            case .rise:
                return result(
                    try rise(
                        input: image, score: score, masks: options.riseMasks, cells: options.riseCells,
                        probability: options.riseProbability, seed: options.seed))
            case .random: return result(randomMap(rows: rows, columns: columns, seed: options.seed))
            default: return result(centerGaussianMap(rows: rows, columns: columns))
            }
        }
        return (values, maps)
    }
}

/// A layer, and where its value has rows and columns.
private struct PlacedLayer {
    let name: String
    let layout: LayerLayout
}
