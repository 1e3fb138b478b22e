import Boxes
import Images
import Tensors

/// An image with everything about it that a page shows.
public struct InspectedImage: Sendable {
    /// What it is called.
    public var name: String
    /// The image in full.
    public var image: Image
    /// Where its pixels lie in the network's input. A map of `rows x columns` cells covers the whole input, whatever its extents.
    public var imageToInput: AffineMap<ImagePixels, InputPixels>
    /// The extent of the network's input in pixels.
    public var inputExtent: InputExtent
    /// What was found, the surest first.
    public var detections: [InspectedDetection] = []
    /// What is annotated; nothing where no annotation is known.
    public var annotations: [InspectedAnnotation] = []
    /// The probability of a centre, `[class, row, column]`.
    public var predictedHeatmap: Tensor?
    /// What it should have been, of the same shape; nil where no annotation is known.
    public var trueHeatmap: Tensor?
    /// Layers as such, whatever is asked about them.
    public var features: [InspectedLayer] = []
    /// Why the network says what it says.
    public var explanations: [InspectedExplanation] = []

    /// An image as our networks see it unless told otherwise: centred whole in a square input.
    public init(
        name: String, image: Image, inputExtent: InputExtent, imageToInput: AffineMap<ImagePixels, InputPixels>? = nil
    ) {
        precondition(
            inputExtent.rows > 0 && inputExtent.columns > 0, "an input cannot have \(inputExtent) pixels")
        self.name = name
        self.image = image
        self.inputExtent = inputExtent
        self.imageToInput =
            imageToInput ?? .wholeImage(width: image.width, height: image.height, inputSize: inputExtent.longerSide)
    }
}

/// An object that was found.
public struct InspectedDetection: Sendable {
    /// The class, from 0.
    public var classIndex: Int
    /// How sure the network is.
    public var score: Float
    /// Where it is.
    public var box: Box<ImagePixels>
    /// The cell of the heatmap whose peak this is; nil when that is not known.
    public var peak: (row: Int, column: Int)?
    /// What there is to say about it: "false alarm"; usually nothing.
    public var note: String

    /// A detection from its parts.
    public init(
        classIndex: Int, score: Float, box: Box<ImagePixels>, peak: (row: Int, column: Int)? = nil, note: String = ""
    ) {
        self.classIndex = classIndex
        self.score = score
        self.box = box
        self.peak = peak
        self.note = note
    }
}

/// An object that is annotated.
public struct InspectedAnnotation: Sendable {
    /// The class, from 0.
    public var classIndex: Int
    /// Where it is.
    public var box: Box<ImagePixels>
    /// What there is to say about it: "missed", "difficult"; usually nothing.
    public var note: String

    /// An annotated object from its parts.
    public init(classIndex: Int, box: Box<ImagePixels>, note: String = "") {
        self.classIndex = classIndex
        self.box = box
        self.note = note
    }
}

/// What a layer holds, reduced to maps.
public struct InspectedLayer: Sendable {
    /// The layer's name.
    public var layer: String
    /// Reductions over its channels, by name ("mean", "maximum", "norm"), each `[row, column]`.
    public var reductions: [(name: String, map: Tensor)]
    /// Its first three principal components as red, green and blue, a pixel a cell.
    public var components: Image?

    /// A layer from its parts.
    public init(layer: String, reductions: [(name: String, map: Tensor)], components: Image? = nil) {
        self.layer = layer
        self.reductions = reductions
        self.components = components
    }
}

/// What one method says, at one layer, about one target.
public struct InspectedExplanation: Sendable {
    /// Which detection it is about, from 0; nil when it is about no single one.
    public var detection: Int?
    /// What of it is explained: "score", "width", "left edge"; without a detection the target's name.
    public var target: String
    /// The method's name.
    public var method: String
    /// The layer's name; of several, all that it is made from.
    public var layer: String
    /// `[row, column]`, raw: neither rectified nor scaled.
    public var map: Tensor
    /// Why there is nothing to see in it, as a sentence; such a map is never coloured. Without one, a map whose numbers differ by
    /// no more than their rounding counts as flat, too.
    public var flatness: String?
    /// How long it took; nil when that was not measured.
    public var milliseconds: Double?

    /// An explanation from its parts.
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
