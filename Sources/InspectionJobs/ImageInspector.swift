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

        /// The same subject, after its target was moved before a saturated function.
        func explained(as other: Target) -> Subject {
            if other == target { return self }
            return Subject(
                target: other, detectionIndex: detectionIndex, detection: detection, quantity: quantity, unit: .logit)
        }

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
        let (input, place) = (predictor.input(for: image).tensor, MapPlace(predictor.look(at: image)))
        let detections = counted(prediction)
        let subjects = try subjects(prediction, detections, place: place)
        let (explanations, targets) = try explanations(of: subjects.map(\.target), by: request.methods, input)
        return Findings(
            prediction: prediction, detections: detections,
            subjects: zip(subjects, targets).map { $0.explained(as: $1) }, explanations: explanations, input: input,
            place: place)
    }

    /// Returns the detections in an image above the threshold, highest scores first.
    public func detections(in image: ScaledImage) throws -> [Detection<ImagePixels>] {
        counted(try predictor.predict([image])[0])
    }

    private func counted(_ prediction: Prediction) -> [Detection<ImagePixels>] {
        prediction.detections.filter { Double($0.score) >= request.threshold }
    }

    /// Returns the activations of layers for an input, `[channel, row, column]`.
    ///
    /// - Throws: ``InspectionError/noExtent(layer:shape:)`` for a layer that is not a map.
    public func features(_ input: Tensor, layers: [String]) throws -> [(layer: String, activation: Tensor)] {
        let inspector = explainer.inspector
        let shapes = try inspector.shapes(of: layers, input: input.shape)
        let layouts = try zip(shapes, inspector.maps(of: layers, input: input.shape)).map { known, map in
            guard let map else {
                throw InspectionError.noExtent(layer: known.layer, shape: Array(known.shape.dropFirst()))
            }
            return (layer: known.layer, layout: map.layout)
        }
        let held = try inspector.activations(input, layers: layers)
        return layouts.compactMap { layer, layout in held[layer].map { (layer, layout.maps($0)) } }
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
        let maps = try explainer.inspector.maps(of: stages, input: predictor.detector.inputShape)
        let coarsest = maps.indices.min { maps[$0]?.rows ?? .max < maps[$1]?.rows ?? .max } ?? 0
        return stages.indices.filter { [coarsest - 1, coarsest, stages.count - 1].contains($0) }.map { stages[$0] }
    }

    /// The last layer of each stage.
    func stages() throws -> [String] {
        try explainer.inspector.stages(input: predictor.detector.inputShape)
    }

    /// Explains a detection by the request's first method and first quantity.
    public func explanation(
        of detection: Detection<ImagePixels>, in image: ScaledImage
    ) throws -> (explanation: Explanation, place: MapPlace) {
        let (input, place) = (predictor.input(for: image).tensor, MapPlace(predictor.look(at: image)))
        let target =
            if request.quantities.isEmpty, let keypoint = request.keypoints.first {
                try self.target(keypoint, of: detection, number: nil, place: place)
            } else {
                try self.target(request.quantities.first ?? .score, of: detection, number: nil, place: place)
            }
        let found = try explanations(of: [target], by: [request.methods.first ?? .layerCAM], input).explanations
        return (found[0].explanations[0], place)
    }
}
