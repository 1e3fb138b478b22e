import Boxes
import Graphs
import Images
import Inference
import Inspection
import PeakDecoding
import Tensors
import Visualization

/// Runs one request on images with one network.
public final class ImageInspector {
    /// Detects the objects.
    public let predictor: Predictor
    /// Explains the detections.
    public let explainer: Explainer
    /// The request.
    public let request: InspectionRequest

    /// Creates an inspector.
    ///
    /// - Throws: ``InspectionError/inputs(_:)``.
    public init(predictor: Predictor, backend: any Backend, request: InspectionRequest) throws {
        self.predictor = predictor
        self.request = request
        explainer = Explainer(
            try Inspector(
                graph: predictor.detector.graph, parameters: predictor.detector.parameters, backend: backend,
                maximumBatch: predictor.detector.maximumBatch),
            options: request.options)
    }

    /// An output of the network that is explained.
    public struct Subject: Sendable {
        /// The target of the explanation.
        public let target: Target
        /// The detection's index among those above the threshold, if the subject is one of them.
        public let detectionIndex: Int?
        /// The detection, if the subject is about one.
        public let detection: Detection<ImagePixels>?
        /// The quantity of the detection that is explained.
        public let quantity: DetectedQuantity?
        /// The unit of the target's value.
        public let unit: Unit

        /// The unit of a value.
        public enum Unit: String, Sendable {
            /// The logit of a detection's score, which is its sigmoid.
            case scoreLogit
            /// A logit, which becomes a probability together with others.
            case logit
            /// A probability.
            case probability
            /// A length in image pixels.
            case pixels
            /// No known unit.
            case value

            /// A value for people: `score 0.84 (logit 1.69)`.
            func words(_ value: Float) -> String {
                let number = shortNumber(value)
                return switch self {
                case .scoreLogit: String(format: "score %.2f (logit \(number))", sigmoid(value))
                case .pixels: "\(number) pixels"
                case .logit, .probability, .value: "\(rawValue) \(number)"
                }
            }
        }
    }

    /// The results for an image.
    public struct Findings: Sendable {
        /// The network's prediction.
        public let prediction: Prediction
        /// The detections above the threshold, highest scores first.
        public let detections: [Detection<ImagePixels>]
        /// The subjects that were explained.
        public let subjects: [Subject]
        /// The layers used by the explanations.
        public let layers: [String]
        /// For each method, an explanation of each subject.
        public let explanations: [(method: Method, explanations: [Explanation])]
        /// The network's input, `[1, 3, row, column]`.
        public let input: Tensor
        /// The place of the image in the input and in maps.
        public let place: MapPlace
    }

    /// Runs the request on an image.
    ///
    /// - Throws: ``InspectionError`` for a request that does not fit this image, ``GraphError`` for layers that do not exist.
    public func findings(about image: ScaledImage) throws -> Findings {
        let prediction = try predictor.predict([image])[0]
        let (input, view) = predictor.input(for: image)
        let detections = counted(prediction)
        let subjects = try subjects(prediction, detections, view: view)
        let layers = try layers(for: subjects.first?.target, input: input)
        return Findings(
            prediction: prediction, detections: detections, subjects: subjects, layers: layers,
            explanations: subjects.isEmpty ? [] : try explanations(input, layers, subjects.map(\.target)), input: input,
            place: MapPlace(view: view, extent: predictor.detector.preparation.extent))
    }

    /// Returns the detections in an image above the threshold, highest scores first.
    public func detections(in image: ScaledImage) throws -> [Detection<ImagePixels>] {
        counted(try predictor.predict([image])[0])
    }

    private func counted(_ prediction: Prediction) -> [Detection<ImagePixels>] {
        prediction.detections.filter { Double($0.score) >= request.threshold }
    }

    private func explanations(
        _ input: Tensor, _ layers: [String], _ targets: [Target]
    ) throws -> [(method: Method, explanations: [Explanation])] {
        // CAM uses a layer of its own, unless layers are named.
        let ownLayer =
            try request.layers.isEmpty && request.methods.contains(.cam)
            ? targets[0].terms.first.flatMap { try explainer.inspector.layerBeforeLinearHead(of: $0.output) } : nil
        let others = request.methods.filter { ownLayer == nil || $0 != .cam }
        let found = try explainer.explain(input, by: others, layers: suitable(layers, targets), targets: targets)
        let cam = try ownLayer.map { try explainer.explain(input, by: .cam, layers: [$0], targets: targets) }
        let byMethod = Dictionary(zip(others, found) + (cam.map { [(.cam, $0)] } ?? [])) { first, _ in first }
        return request.methods.compactMap { method in byMethod[method].map { (method, $0) } }
    }

    /// Returns the activations of layers for an input, `[channel, row, column]`.
    ///
    /// - Throws: ``InspectionError/noExtent(layer:shape:)`` for a layer that is not a map.
    public func features(_ input: Tensor, layers: [String]) throws -> [(layer: String, activation: Tensor)] {
        for (layer, shape) in try explainer.inspector.shapes(of: layers, input: input.shape) where shape.count != 4 {
            throw InspectionError.noExtent(layer: layer, shape: Array(shape.dropFirst()))
        }
        let held = try explainer.inspector.activations(input, layers: layers)
        return layers.compactMap { layer in held[layer].map { (layer, $0) } }
    }

    /// Returns the layers that match the request's patterns, in the network's order for each pattern.
    ///
    /// - Throws: ``GraphError/unknownNode(_:nearest:)``.
    public func namedLayers() throws -> [String] {
        var seen: Set<String> = []
        return try request.layers.flatMap { try predictor.detector.graph.nodes(matching: $0) }
            .filter { seen.insert($0).inserted }
    }

    /// Returns the layers to show: the named ones, or the last layer of each stage.
    public func shownLayers() throws -> [String] {
        let named = try namedLayers()
        return named.isEmpty ? try stages() : named
    }

    /// Returns the layers at which methods are compared: the named ones, or the coarsest stage, the one before it and the last.
    public func comparedLayers() throws -> [String] {
        let named = try namedLayers()
        if !named.isEmpty { return named }
        let stages = try stages()
        let shapes = try explainer.inspector.shapes(of: stages, input: predictor.detector.inputShape)
        let coarsest = shapes.indices.min { shapes[$0].shape[2] < shapes[$1].shape[2] } ?? 0
        return stages.indices.filter { [coarsest - 1, coarsest, stages.count - 1].contains($0) }.map { stages[$0] }
    }

    private func stages() throws -> [String] {
        try explainer.inspector.stages(input: predictor.detector.inputShape)
    }

    /// Explains a detection by the request's first method and first quantity.
    public func explanation(
        of detection: Detection<ImagePixels>, in image: ScaledImage
    ) throws -> (explanation: Explanation, place: MapPlace) {
        let (input, view) = predictor.input(for: image)
        let target =
            if request.quantities.isEmpty, let keypoint = request.keypoints.first {
                try self.target(keypoint, of: detection, number: nil, view: view)
            } else {
                try self.target(request.quantities.first ?? .score, of: detection, number: nil, view: view)
            }
        let found = try explainer.explain(
            input, by: request.methods.first ?? .layerCAM, layers: layers(for: target, input: input),
            targets: [target])[0]
        return (found, MapPlace(view: view, extent: predictor.detector.preparation.extent))
    }

    private func layers(for target: Target?, input: Tensor) throws -> [String] {
        let named = try namedLayers()
        if !named.isEmpty { return named }
        if request.looksAtStages { return try explainer.inspector.stages(input: input.shape) }
        guard let target else { return [] }
        return try explainer.inspector.deepestLayer(for: target, input: input.shape).map { [$0] } ?? []
    }

    /// Removes layers matched by a pattern on which some target does not depend, unless none would remain.
    private func suitable(_ layers: [String], _ targets: [Target]) throws -> [String] {
        guard request.layers.contains(where: { $0.contains("*") }) else { return layers }
        let suitable = try layers.filter { layer in
            try targets.allSatisfy { try explainer.inspector.reaches($0, from: layer) }
        }
        return suitable.isEmpty ? layers : suitable
    }
}
