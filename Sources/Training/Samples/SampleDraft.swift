import Boxes
import Datasets
import DetectionHeads
import Foundation
import HeatmapTargets
import Images
import Tensors

/// A training sample before it is drawn: which images it shows, and where in the input.
public struct SampleDraft {
    /// An image of the training set in the network's input.
    public struct Part {
        /// The image.
        public let image: ScaledImage
        /// Its annotated objects, in its pixels.
        public let objects: [AnnotatedObject]
        /// Its file.
        public let file: URL
        /// What of it the input shows.
        public var view: SampleView
        /// The part of the input that it fills, in input pixels.
        public var region: InputRegion

        package init(
            image: ScaledImage, objects: [AnnotatedObject], file: URL, view: SampleView, region: InputRegion
        ) {
            self.image = image
            self.objects = objects
            self.file = file
            self.view = view
            self.region = region
        }
    }

    /// The images, in the order in which they are drawn; one unless a transform adds others.
    public var parts: [Part]
    /// The size of the input.
    public let inputSize: InputExtent
    /// How many images the training set has.
    public let sampleCount: Int
    /// Whether the run nears its end, where it sees images as they are: one at a time, and without pasted objects.
    public let isClosing: Bool
    /// The objects of the training set that may be pasted.
    public let objects: ObjectDrawing
    private let load: (Int) throws(ImageError) -> Part

    package init(
        _ index: Int, inputSize: InputExtent, sampleCount: Int, isClosing: Bool = false,
        objects: ObjectDrawing = ObjectDrawing([], classCount: 0), load: @escaping (Int) throws(ImageError) -> Part
    ) throws(ImageError) {
        self.inputSize = inputSize
        self.sampleCount = sampleCount
        self.isClosing = isClosing
        self.objects = objects
        self.load = load
        parts = [try load(index)]
    }

    /// Another image of the training set as a draft of its own.
    ///
    /// - Throws: ``ImageError`` when it cannot be read.
    public func alone(_ index: Int) throws(ImageError) -> SampleDraft {
        var other = self
        other.parts = [try load(index)]
        return other
    }

    /// The boxes of all objects that are shown, in input pixels, cut at the edges of their parts.
    var boxes: [Box<InputPixels>] {
        parts.flatMap { part in
            let map = part.view.map(inputSize: inputSize)
            return part.objects.lazy.map { map($0.box).intersection(part.region.box) }.filter { !$0.isEmpty }
        }
    }

    /// Another image of the training set, whole and in the whole input; nothing shows it until it is added to ``parts``.
    ///
    /// - Throws: ``ImageError`` when it cannot be read.
    public func part(_ index: Int) throws(ImageError) -> Part { try load(index) }
}

extension SampleDraft {
    /// Draws all parts into the input, `[3, row, column]`.
    ///
    /// - Returns: The mean grey value.
    package func draw(into input: TensorView) -> Float {
        if parts.count == 1, parts[0].region == .whole(inputSize) {
            let mean = parts[0].image.draw(parts[0].view.map(inputSize: inputSize), into: input)
            return (mean * ColorTransform.grayWeights).sum()
        }
        input.fill(0)
        var sum = SIMD3<Float>()
        for part in parts {
            // Each part is drawn alone, then copied to its place.
            let region = part.region
            var pixels = Tensor(uninitialized: [3, region.height, region.width])
            let view = part.view.map(inputSize: inputSize).followed(
                by: AffineMap<InputPixels, InputPixels>(
                    scaleX: 1, scaleY: 1, shiftX: -Double(region.x), shiftY: -Double(region.y)))
            let mean = pixels.withMutableView { part.image.draw(view, into: $0) }
            sum += mean * Float(region.width * region.height)
            pixels.withElements { pixels in
                for row in 0..<3 * region.height {
                    let (channel, y) = (row / region.height, row % region.height)
                    let start = (channel * inputSize.rows + region.y + y) * inputSize.columns + region.x
                    for x in 0..<region.width { input.elements[start + x] = pixels[row * region.width + x] }
                }
            }
        }
        return (sum / Float(inputSize.area) * ColorTransform.grayWeights).sum()
    }
}

extension SampleDraft.Part {
    /// The annotated objects in output cells, cut at the edges of the part where it does not fill the input. Difficult ones are
    /// trained, too, as in CenterNet, unless the data set's source says otherwise; crowds are not.
    ///
    /// Where the view is mirrored, the left hand has become a right one.
    package func targetObjects(inputSize: InputExtent, skeleton: Skeleton?) -> [TargetObject] {
        let cells = view.map(inputSize: inputSize).followed(by: .outputStride(outputStride))
        let order = view.isMirrored ? skeleton?.mirrored : nil
        let bounds = region == .whole(inputSize) ? nil : region.cells(stride: outputStride)
        return objects.compactMap { object in
            var keypoints = object.keypoints.map { $0.mapped(by: cells) }
            if let order, !keypoints.isEmpty { keypoints = order.map { keypoints[$0] } }
            var box = cells(object.box)
            if let bounds, object.kind == .points {
                if !bounds.contains(Keypoint(x: box.centerX, y: box.centerY)) { return nil }
            } else if let bounds {
                let whole = box
                box = box.intersection(bounds)
                // What little is left of an object at the edge of a part cannot be told from the background.
                if box.isEmpty || box.area < 0.2 * whole.area { return nil }
                keypoints = keypoints.map { bounds.contains($0) ? $0 : .absent }
            }
            return TargetObject(
                classIndex: object.classIndex, box: box, kind: object.kind, keypoints: keypoints,
                isIgnored: object.isIgnored)
        }
    }
}

/// What of an image the network's input shows: a square, perhaps turned and mirrored.
public struct SampleView: Hashable, Sendable {
    /// The middle of the square, in image pixels.
    public var centerX, centerY: Double
    /// The side of the square, in image pixels; the longer side of a rectangular input, which shows the square's middle part.
    public var side: Double
    /// By how much the image is turned clockwise around the middle of the square, in radians.
    public var angle = 0.0
    /// Whether left and right change places.
    public var isMirrored = false

    /// The whole image, centred, as evaluation sees it.
    public init(ofImage width: Int, _ height: Int, in inputSize: InputExtent) {
        (centerX, centerY) = (Double(width) / 2, Double(height) / 2)
        side = AffineMap.wholeSide(width: width, height: height, inputSize: inputSize)
    }

    /// Mirrors what is shown, as it is shown, from left to right.
    public mutating func mirror() {
        isMirrored.toggle()
        angle = -angle
    }

    /// Moves what is shown to the right and down, by input pixels.
    public mutating func move(x: Double, y: Double, inputSize: InputExtent) {
        guard let inverse = map(inputSize: inputSize).inverse else { return }
        (centerX, centerY) = inverse(x: Double(inputSize.columns) / 2 - x, y: Double(inputSize.rows) / 2 - y)
    }

    /// From the image's pixels to those of an input of this size.
    public func map(inputSize: InputExtent) -> AffineMap<ImagePixels, InputPixels> {
        let map = AffineMap.square(
            centerX: centerX, centerY: centerY, side: side, inputSize: inputSize, flipped: isMirrored)
        if angle == 0 { return map }
        let (x, y) = (Double(inputSize.columns) / 2, Double(inputSize.rows) / 2)
        let (cosine, sine) = (cos(angle), sin(angle))
        return map.followed(
            by: AffineMap<InputPixels, InputPixels>(
                a: cosine, b: -sine, tx: x - cosine * x + sine * y, c: sine, d: cosine, ty: y - sine * x - cosine * y))
    }
}

/// A rectangle of the network's input, in whole pixels.
public struct InputRegion: Hashable, Sendable {
    /// Its left and upper edges.
    public var x, y: Int
    /// How far it reaches.
    public var width, height: Int

    /// A rectangle.
    public init(x: Int, y: Int, width: Int, height: Int) {
        (self.x, self.y, self.width, self.height) = (x, y, width, height)
    }

    /// All of an input of this size.
    public static func whole(_ inputSize: InputExtent) -> InputRegion {
        InputRegion(x: 0, y: 0, width: inputSize.columns, height: inputSize.rows)
    }

    /// The same rectangle as a box.
    var box: Box<InputPixels> {
        Box(xMin: Double(x), yMin: Double(y), xMax: Double(x + width), yMax: Double(y + height))
    }

    /// The same rectangle in output cells.
    func cells(stride: Int) -> Box<OutputCells> {
        let scale = 1 / Double(stride)
        return Box(
            xMin: Double(x) * scale, yMin: Double(y) * scale, xMax: Double(x + width) * scale,
            yMax: Double(y + height) * scale)
    }
}

extension Box {
    /// The part of the box within another; empty where they do not meet.
    func intersection(_ other: Box) -> Box {
        Box(
            xMin: max(xMin, other.xMin), yMin: max(yMin, other.yMin), xMax: min(xMax, other.xMax),
            yMax: min(yMax, other.yMax))
    }

    /// The share of the box's area that another covers.
    func coveredShare(by other: Box) -> Double {
        let part = intersection(other)
        return part.isEmpty || area == 0 ? 0 : part.area / area
    }
}

extension Box<OutputCells> {
    /// Whether a keypoint is inside.
    fileprivate func contains(_ keypoint: Keypoint<OutputCells>) -> Bool {
        keypoint.x >= xMin && keypoint.x < xMax && keypoint.y >= yMin && keypoint.y < yMax
    }
}
