import Boxes
import Images
import Tensors

/// Draws one map over its image, with a colour bar below that shows the values of the colours.
///
/// Between cells the map is bilinear (cell `i` has its centre at `i + ½`; beyond the outermost centres the outermost cells repeat), and it
/// ends at the edge of its grid. A flat map is not coloured: the style's ``MapStyle/flatNote`` is shown below the plain image.
///
/// - Parameters:
///   - map: `[row, column]`.
/// - imageToCells: The transform from image pixels to the map's cells, as in the network's view of the image.
///   - boxes: Drawn on top.
/// - caption: The caption below the image, beside the colour bar where there is room.
/// - flatNote: Why the map shows nothing, if already known: the map is then treated as flat, whatever its values.
/// - minimumSide: The minimum length of the longer side of the image part, in pixels: smaller images are enlarged.
/// - Throws: ``DrawingError``.
public func mapOverlay(
    image: Image, map: Tensor, imageToCells: AffineMap<ImagePixels, MapCells>, style: MapStyle = MapStyle(),
    boxes: [LabelledBox] = [], caption: String = "", flatNote: String? = nil, minimumSide: Int = defaultImageSide
) throws(DrawingError) -> Drawing {
    let (width, height) = image.enlargedSize(toSide: minimumSide)
    let laid = try LaidMap(image: image, map: map, imageToCells: imageToCells, style: style, flatNote: flatNote)
    return try framed(width: width, height: height, scale: laid.scale, caption: caption) {
        (canvas) throws(DrawingError) in
        try laid.draw(on: canvas, boxes, x: 0, y: 0, width: width, height: height)
    }
}

/// Draws one map without an image, with a colour bar below; each cell is a rectangle of one colour.
///
/// - Parameters:
///   - map: `[row, column]`.
/// - flatNote: Why the map shows nothing, if already known.
/// - minimumSide: The minimum length of the longer side of the map, in pixels.
/// - Throws: ``DrawingError``.
public func mapAlone(
    _ map: Tensor, style: MapStyle = MapStyle(), caption: String = "", flatNote: String? = nil, minimumSide: Int = 480
) throws(DrawingError) -> Drawing {
    let (width, height) = try MapGrid(map).size(minimumSide: minimumSide)
    let bare = try BareMap(map, style: style, flatNote: flatNote)
    return try framed(width: width, height: height, scale: bare.scale, caption: caption) {
        (canvas) throws(DrawingError) in
        let drawn = try bare.image(width: width, height: height)
        try canvas.draw(drawn, x: 0, y: 0, width: width, height: height)
    }
}

/// A map over its image.
struct LaidMap {
    let scale: MapPanel.Scale
    private let image: Image
    private let imageToCells: AffineMap<ImagePixels, MapCells>
    /// Draws the map's colours; nil when the map is flat.
    private let painter: MapPainter?

    init(
        image: Image, map: Tensor, imageToCells: AffineMap<ImagePixels, MapCells>, style: MapStyle, flatNote: String?
    ) throws(DrawingError) {
        guard imageToCells.isInvertible else { throw .unusableMap }
        _ = try MapGrid(map)
        self.image = image
        self.imageToCells = imageToCells
        if flatNote == nil, let range = style.range(for: map) {
            painter = try MapPainter(map, range: range, style: style)
            scale = .bar(range, style.colormap)
        } else {
            painter = nil
            scale = .note(flatNote ?? style.flatNote)
        }
    }

    /// Draws the image, the map, and the image's boxes, scaled to a size in canvas pixels.
    func draw(
        on canvas: Canvas, _ boxes: [LabelledBox], x: Int, y: Int, width: Int, height: Int
    ) throws(DrawingError) {
        let pixels = canvas.resolution(of: image, width: width, height: height)
        guard let toImage = image.scaling(to: pixels).inverse else { throw .unusableMap }
        let plain = image.resized(width: pixels.width, height: pixels.height)
        let drawn = painter?.laid(over: plain, toCells: toImage.followed(by: imageToCells)) ?? plain
        try canvas.draw(drawn, x: x, y: y, width: width, height: height)
        try canvas.draw(boxes, of: image, x: x, y: y, width: width, height: height)
    }
}

/// A map without an image; a flat one is grey.
struct BareMap {
    let scale: MapPanel.Scale
    private let painter: MapPainter?
    private let colormap: Colormap

    init(_ map: Tensor, style: MapStyle, flatNote: String?) throws(DrawingError) {
        colormap = style.colormap
        guard flatNote == nil, let range = style.range(for: map) else {
            _ = try MapGrid(map)
            painter = nil
            scale = .note(flatNote ?? style.flatNote)
            return
        }
        let opaque = MapStyle(colormap: style.colormap, opacity: 1, blending: .uniform)
        painter = try MapPainter(map, range: range, style: opaque)
        scale = .bar(range, style.colormap)
    }

    func image(width: Int, height: Int) throws(DrawingError) -> Image {
        try painter?.alone(width: width, height: height, colormap: colormap)
            ?? Image(width: width, height: height, fill: (226, 229, 232))
    }
}

/// Draws an image of this size with its panel below.
func framed(
    width: Int, height: Int, scale: MapPanel.Scale, caption: String,
    _ draw: @escaping (Canvas) throws(DrawingError) -> Void
) throws(DrawingError) -> Drawing {
    // Below narrower images, sentences would not fit.
    let whole = max(width, 260)
    let size = min(max(12, Double(max(width, height)) / 60), Double(whole) / 20)
    let panel = MapPanel(
        caption: caption, scale: scale, width: whole, size: size, padding: size, measuredOn: try .ruler())
    return Drawing(width: whole, height: height + panel.height) { (canvas) throws(DrawingError) in
        try draw(canvas)
        try panel.draw(on: canvas, top: Double(height))
    }
}

extension Image {
    /// The transform from this image's pixels to the canvas when it is scaled to a size.
    func scaling(to size: (width: Int, height: Int)) -> AffineMap<ImagePixels, CanvasPixels> {
        AffineMap(scaleX: Double(size.width) / Double(width), scaleY: Double(size.height) / Double(height))
    }
}
