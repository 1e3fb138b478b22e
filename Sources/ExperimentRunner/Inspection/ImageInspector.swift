import Boxes
import Graphs
import Images
import Inference
import Inspection
import PeakDecoding
import Tensors

/// Answers a request about one image after the other, with one network.
public final class ImageInspector {
    /// What finds the objects.
    public let predictor: Predictor
    /// What explains them.
    public let explainer: Explainer
    /// What is asked.
    public let request: InspectionRequest

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

    /// One answer of the network, to be explained.
    public struct Subject: Sendable {
        /// What is explained.
        public let target: Target
        /// The detection's number among those that count, where it is about one.
        public let detectionIndex: Int?
        /// The detection.
        public let detection: Detection<ImagePixels>?
        /// What of the detection is explained.
        public let quantity: DetectedQuantity?
        /// What the target's number counts.
        public let unit: Unit

        /// What a number counts.
        public enum Unit: String, Sendable {
            /// Something that becomes a probability by a sigmoid, or in company of others.
            case logit
            /// A probability.
            case probability
            /// A length in the image's pixels.
            case pixels
            /// Nobody says.
            case value
        }
    }

    /// All that was found out about an image.
    public struct Findings: Sendable {
        /// What the network sees.
        public let prediction: Prediction
        /// The detections that count, the surest first.
        public let detections: [Detection<ImagePixels>]
        /// What was explained.
        public let subjects: [Subject]
        /// The layers that were looked at.
        public let layers: [String]
        /// For each method an explanation a subject.
        public let explanations: [(method: Method, explanations: [Explanation])]
        /// What the network was given, `[1, 3, row, column]`.
        public let input: Tensor
        /// Where the image lies in that, and in maps of it.
        public let place: MapPlace
    }

    /// Looks at an image, and explains what is asked for.
    ///
    /// - Throws: ``InspectionError`` for a request that this image cannot answer, ``GraphError`` for layers that are not there.
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

    /// The objects in an image that count, the surest first.
    public func detections(in image: ScaledImage) throws -> [Detection<ImagePixels>] {
        counted(try predictor.predict([image])[0])
    }

    private func counted(_ prediction: Prediction) -> [Detection<ImagePixels>] {
        prediction.detections.filter { Double($0.score) >= request.threshold }
    }

    private func explanations(
        _ input: Tensor, _ layers: [String], _ targets: [Target]
    ) throws -> [(method: Method, explanations: [Explanation])] {
        // CAM looks at one layer of its own, unless told otherwise.
        let ownLayer =
            try request.layers.isEmpty && request.methods.contains(.cam)
            ? targets[0].terms.first.flatMap { try explainer.inspector.layerBeforeLinearHead(of: $0.output) } : nil
        let others = request.methods.filter { ownLayer == nil || $0 != .cam }
        let found = try explainer.explain(input, by: others, layers: suitable(layers, targets), targets: targets)
        let cam = try ownLayer.map { try explainer.explain(input, by: .cam, layers: [$0], targets: targets) }
        let byMethod = Dictionary(zip(others, found) + (cam.map { [(.cam, $0)] } ?? [])) { first, _ in first }
        return request.methods.compactMap { method in byMethod[method].map { (method, $0) } }
    }

    /// What layers hold when the network looks at an input, `[channel, row, column]`.
    ///
    /// - Throws: ``InspectionError/noExtent(layer:shape:)`` for a layer that is no map.
    public func features(_ input: Tensor, layers: [String]) throws -> [(layer: String, activation: Tensor)] {
        for (layer, shape) in try explainer.inspector.shapes(of: layers, input: input.shape) where shape.count != 4 {
            throw InspectionError.noExtent(layer: layer, shape: Array(shape.dropFirst()))
        }
        let held = try explainer.inspector.activations(input, layers: layers)
        return layers.compactMap { layer in held[layer].map { (layer, $0) } }
    }

    /// The layers that the request's patterns mean, in the network's order of each pattern.
    ///
    /// - Throws: ``GraphError/unknownNode(_:nearest:)``.
    public func namedLayers() throws -> [String] {
        var seen: Set<String> = []
        return try request.layers.flatMap { try predictor.detector.graph.nodes(matching: $0) }
            .filter { seen.insert($0).inserted }
    }

    /// The layers that are shown: the named ones, or those where the network's stages end.
    public func shownLayers() throws -> [String] {
        let named = try namedLayers()
        return named.isEmpty ? try stages() : named
    }

    /// The layers at which methods are compared: the named ones, or the coarsest stage, the one before it and the last.
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

    /// Where the network looked when it found an object, by the request's first method about its first quantity.
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

    /// A pattern may mean layers that some target does not come from; those are left out unless nothing would be left.
    private func suitable(_ layers: [String], _ targets: [Target]) throws -> [String] {
        guard request.layers.contains(where: { $0.contains("*") }) else { return layers }
        let suitable = try layers.filter { layer in
            try targets.allSatisfy { try explainer.inspector.reaches($0, from: layer) }
        }
        return suitable.isEmpty ? layers : suitable
    }
}
