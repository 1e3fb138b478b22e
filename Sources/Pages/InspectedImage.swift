import Boxes
import Images
import Tensors

/// An image with all data that a page shows about it.
public struct InspectedImage: Sendable {
    /// The image's name.
    public var name: String
    /// The image at full resolution.
    public var image: Image
    /// The transform from image pixels to the network's input. A map of `rows x columns` cells always covers the whole input.
    public var imageToInput: AffineMap<ImagePixels, InputPixels>
    /// The size of the network's input in pixels.
    public var inputExtent: InputExtent
    /// The detections, highest scores first.
    public var detections: [InspectedDetection] = []
    /// The annotated objects; empty if no annotation is known.
    public var annotations: [InspectedAnnotation] = []
    /// The predicted probability of a centre, `[class, row, column]`.
    public var predictedHeatmap: Tensor?
    /// The ground-truth heatmap, of the same shape; nil if no annotation is known.
    public var groundTruthHeatmap: Tensor?
    /// The activations of layers.
    public var features: [InspectedLayer] = []
    /// The explanations of the network's outputs.
    public var explanations: [InspectedExplanation] = []

    /// Creates an image, by default placed as our networks see it: whole and centred in a square input.
    public init(
        name: String, image: Image, inputExtent: InputExtent, imageToInput: AffineMap<ImagePixels, InputPixels>? = nil
    ) {
        precondition(
            inputExtent.rows > 0 && inputExtent.columns > 0, "an input cannot have \(inputExtent) pixels")
        self.name = name
        self.image = image
        self.inputExtent = inputExtent
        self.imageToInput =
            imageToInput ?? .wholeImage(width: image.width, height: image.height, inputSize: inputExtent)
    }
}

/// A detected object.
public struct InspectedDetection: Sendable {
    /// The class, from 0.
    public var classIndex: Int
    /// The score.
    public var score: Float
    /// The box; of a point, the point itself.
    public var box: Box<ImagePixels>
    /// Whether a box or a point is drawn.
    public var kind: ObjectKind
    /// The heatmap cell of the detection's peak; nil if it is unknown.
    public var peak: (row: Int, column: Int)?
    /// A note such as "false positive"; usually empty.
    public var note: String

    /// Creates a detection from its parts.
    public init(
        classIndex: Int, score: Float, box: Box<ImagePixels>, kind: ObjectKind = .boxes,
        peak: (row: Int, column: Int)? = nil, note: String = ""
    ) {
        self.classIndex = classIndex
        self.score = score
        self.box = box
        self.kind = kind
        self.peak = peak
        self.note = note
    }
}

/// An annotated object.
public struct InspectedAnnotation: Sendable {
    /// The class, from 0.
    public var classIndex: Int
    /// The box; of a point, the point itself.
    public var box: Box<ImagePixels>
    /// Whether a box or a point is drawn.
    public var kind: ObjectKind
    /// A note such as "missed" or "difficult"; usually empty.
    public var note: String

    /// Creates an annotated object from its parts.
    public init(classIndex: Int, box: Box<ImagePixels>, kind: ObjectKind = .boxes, note: String = "") {
        self.classIndex = classIndex
        self.box = box
        self.kind = kind
        self.note = note
    }
}

/// The activations of a layer, reduced to maps.
public struct InspectedLayer: Sendable {
    /// The layer's name.
    public var layer: String
    /// Reductions over its channels, by name ("mean", "maximum", "norm"), each `[row, column]`.
    public var reductions: [(name: String, map: Tensor)]
    /// The first three principal components as red, green and blue, one pixel per cell.
    public var components: Image?

    /// Creates a layer from its parts.
    public init(layer: String, reductions: [(name: String, map: Tensor)], components: Image? = nil) {
        self.layer = layer
        self.reductions = reductions
        self.components = components
    }
}

/// The explanation of one target by one method at one layer.
public struct InspectedExplanation: Sendable {
    /// The explained detection, from 0; nil if it is not a single detection.
    public var detection: Int?
    /// The explained quantity: "score", "width", "left edge"; without a detection, the target's name.
    public var target: String
    /// The method's name.
    public var method: String
    /// The layer's name, or a name for several combined layers.
    public var layer: String
    /// The raw map `[row, column]`, neither rectified nor scaled.
    public var map: Tensor
    /// Why the map is flat, as a sentence; flat maps are never coloured. If nil, a map whose values differ by no more than rounding
    /// errors still counts as flat.
    public var flatness: String?
    /// The computation time; nil if it was not measured.
    public var milliseconds: Double?

    /// Creates an explanation from its parts.
    public init(
        detection: Int?, target: String = "score", method: String, layer: String, map: Tensor, flatness: String? = nil,
        milliseconds: Double? = nil
    ) {
        self.detection = detection
        self.target = target
        self.method = method
        self.layer = layer
        self.map = map
        self.flatness = flatness
        self.milliseconds = milliseconds
    }
}
