import Boxes
import Images

/// The longer side of an image part in pixels, at the least, where nobody says otherwise: photographs of the usual data sets keep their
/// own pixels, and labels can be read on smaller ones.
public let usualImageSide = 640

/// Draws boxes with their labels, and keypoints where they have any, on an image.
///
/// Labels stay inside the image and beside each other where there is room; the boxes that come first have the first
/// choice, and lie on top. Boxes that are not finite or wholly outside are left out, and their keypoints with them.
///
/// - Parameter minimumSide: The longer side of the result in pixels, at the least: smaller images are enlarged so that
///   labels can be read.
/// - Returns: The image with its boxes; enlarged, too, when there are none, so that images of a set look alike.
public func drawBoxes(on image: Image, _ boxes: [LabelledBox], minimumSide: Int = usualImageSide) -> Drawing {
    let (width, height) = image.enlargedSize(toSide: minimumSide)
    if boxes.isEmpty { return Drawing(image, width: width, height: height) }
    return Drawing(width: width, height: height) { (canvas) throws(DrawingError) in
        try canvas.draw(image, x: 0, y: 0, width: width, height: height)
        try canvas.draw(boxes, of: image, x: 0, y: 0, width: width, height: height)
    }
}

extension Canvas {
    /// Draws the boxes of an image that fills so many pixels of the canvas.
    func draw(
        _ boxes: [LabelledBox], of image: Image, x: Int, y: Int, width: Int, height: Int
    ) throws(DrawingError) {
        if boxes.isEmpty { return }
        try inside(x: x, y: y, width: width, height: height) { () throws(DrawingError) in
            BoxPainter(self, width: width, height: height).draw(boxes, image.scaling(to: (width, height)))
        }
    }
}

extension Image {
    /// The extents of the image when it is enlarged until its longer side has at least so many pixels.
    func enlargedSize(toSide side: Int) -> (width: Int, height: Int) {
        let longer = max(width, height)
        if longer >= side { return (width, height) }
        let scale = Double(side) / Double(longer)
        return (max(1, Int((Double(width) * scale).rounded())), max(1, Int((Double(height) * scale).rounded())))
    }
}

/// Draws boxes on a part of a canvas that begins at its left upper corner, and leaves it to the canvas to cut what is outside.
struct BoxPainter {
    private let canvas: Canvas
    private let width, height: Double
    private let lineWidth: Double
    private let style: TextStyle

    init(_ canvas: Canvas, width: Int, height: Int) {
        self.canvas = canvas
        self.width = Double(width)
        self.height = Double(height)
        let side = Double(max(width, height))
        lineWidth = max(1.5, side / 420)
        style = TextStyle(size: max(10, side / 68), isBold: true)
    }

    func draw(_ boxes: [LabelledBox], _ map: AffineMap<ImagePixels, CanvasPixels>) {
        let margin = 2 * lineWidth
        let seen = boxes.compactMap { box -> (box: Box<CanvasPixels>, source: LabelledBox)? in
            guard box.box.isFinite else { return nil }
            let place = map(box.box)
            guard place.xMax >= 0, place.yMax >= 0, place.xMin <= width, place.yMin <= height else { return nil }
            // Lines outside the image stay outside, but not so far that cairo's numbers end.
            let near = Box<CanvasPixels>(
                xMin: max(place.xMin, -margin), yMin: max(place.yMin, -margin), xMax: min(place.xMax, width + margin),
                yMax: min(place.yMax, height + margin))
            return (near, box)
        }
        for (box, source) in seen.reversed() { outline(box, source) }
        let painter = PosePainter(canvas, lineWidth: lineWidth)
        for pose in seen.compactMap(\.source.pose).reversed() { painter.draw(pose, map) }
        var placer = LabelPlacer(width: width, height: height, boxes: seen.map(\.box))
        let places = seen.map { box, source in label(source.label, at: box, &placer) }
        for (place, source) in zip(places, seen.map(\.source)).reversed() {
            if let place { write(place.text, in: place.box, on: source.color) }
        }
    }

    /// A dark edge on both sides keeps any colour apart from any image.
    private func outline(_ box: Box<CanvasPixels>, _ source: LabelledBox) {
        let dash = source.dashed ? 4 * lineWidth : 0
        canvas.stroke(box, .ink, alpha: 0.45, lineWidth: lineWidth + 2, dash: dash, radius: lineWidth)
        canvas.stroke(box, source.color, lineWidth: lineWidth, dash: dash, radius: lineWidth)
    }

    private func label(
        _ text: String, at box: Box<CanvasPixels>, _ placer: inout LabelPlacer
    ) -> (text: String, box: Box<CanvasPixels>)? {
        if text.isEmpty { return nil }
        let padding = 0.35 * style.size
        let fitted = canvas.fitted(text, to: width - 2 * padding, style)
        let place = placer.place(
            width: canvas.width(of: fitted, style) + 2 * padding, height: style.lineHeight, for: box)
        return (fitted, place)
    }

    private func write(_ text: String, in place: Box<CanvasPixels>, on color: Color) {
        var style = style
        style.color = color.textColor
        canvas.fill(place, color, alpha: 0.92, radius: 0.2 * style.size)
        canvas.text(text, x: place.centerX, y: place.centerY, style, anchor: .middle)
    }
}
