import Boxes
import Images

/// The default minimum length of the longer side of an image part, in pixels: photographs of the usual data sets keep their size, and
/// smaller images are enlarged enough to read labels.
public let defaultImageSide = 640

/// Draws boxes with their labels, points as crosses, and keypoints where they have any, on an image.
///
/// Labels stay inside the image and do not overlap where there is room; boxes that come first choose first, and lie on top. Boxes that are
/// not finite or entirely outside are left out, with their keypoints. More than 30 points have no labels: their colours name the class.
///
/// - Parameter minimumSide: The minimum length of the longer side of the result, in pixels: smaller images are enlarged so that labels can
///   be read.
/// - Returns: The image with its boxes; enlarged even when there are none, so that images of a set look alike.
public func drawBoxes(on image: Image, _ boxes: [LabelledBox], minimumSide: Int = defaultImageSide) -> Drawing {
    let (width, height) = image.enlargedSize(toSide: minimumSide)
    if boxes.isEmpty { return Drawing(image, width: width, height: height) }
    return Drawing(width: width, height: height) { (canvas) throws(DrawingError) in
        try canvas.draw(image, x: 0, y: 0, width: width, height: height)
        try canvas.draw(boxes, of: image, x: 0, y: 0, width: width, height: height)
    }
}

extension Canvas {
    /// Draws the boxes of an image that fills a size in canvas pixels.
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
    /// The size of the image, enlarged if necessary until its longer side has at least this many pixels.
    func enlargedSize(toSide side: Int) -> (width: Int, height: Int) {
        let longer = max(width, height)
        if longer >= side { return (width, height) }
        let scale = Double(side) / Double(longer)
        return (max(1, Int((Double(width) * scale).rounded())), max(1, Int((Double(height) * scale).rounded())))
    }
}

/// Draws boxes on a part of a canvas that begins at its upper left corner; the canvas clips what lies outside.
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
            // Lines outside the image stay outside, but within cairo's coordinate range.
            let near = Box<CanvasPixels>(
                xMin: max(place.xMin, -margin), yMin: max(place.yMin, -margin), xMax: min(place.xMax, width + margin),
                yMax: min(place.yMax, height + margin))
            return (near, box)
        }
        for (box, source) in seen.reversed() { outline(box, source) }
        let painter = PosePainter(canvas, lineWidth: lineWidth)
        for pose in seen.compactMap(\.source.pose).reversed() { painter.draw(pose, map) }
        var placer = LabelPlacer(width: width, height: height, boxes: seen.map(\.box))
        let isCrowd = seen.count { $0.source.kind == .points } > Self.maximumPointLabels
        let places = seen.map { box, source in
            label(isCrowd && source.kind == .points ? "" : source.label, at: box, &placer)
        }
        for (place, source) in zip(places, seen.map(\.source)).reversed() {
            if let place { write(place.text, in: place.box, on: source.color) }
        }
    }

    /// The most points of which each has a label.
    private static let maximumPointLabels = 30

    /// A dark edge on both sides makes any colour visible on any image.
    private func outline(_ box: Box<CanvasPixels>, _ source: LabelledBox) {
        if source.kind == .points { return cross(box, source) }
        let dash = source.dashed ? 4 * lineWidth : 0
        canvas.stroke(box, .ink, alpha: 0.45, lineWidth: lineWidth + 2, dash: dash, radius: lineWidth)
        canvas.stroke(box, source.color, lineWidth: lineWidth, dash: dash, radius: lineWidth)
    }

    /// A cross of two diagonals; upright where a box would be dashed.
    private func cross(_ point: Box<CanvasPixels>, _ source: LabelledBox) {
        let (x, y, reach) = (point.centerX, point.centerY, 2.5 * lineWidth)
        let arms = [(1.0, 1.0), (1.0, -1.0)].map { across, down in
            source.dashed
                ? [
                    (x: x - (across + down) * reach / 2, y: y - (across - down) * reach / 2),
                    (x: x + (across + down) * reach / 2, y: y + (across - down) * reach / 2),
                ]
                : [(x: x - across * reach, y: y - down * reach), (x: x + across * reach, y: y + down * reach)]
        }
        for arm in arms { canvas.stroke(arm, .ink, alpha: 0.45, lineWidth: lineWidth + 2) }
        for arm in arms { canvas.stroke(arm, source.color, lineWidth: lineWidth) }
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
