import Boxes
import Images
import Tensors

/// Lays one map over its picture, with a colour bar below that says which numbers the colours stand for.
///
/// Between cells the map is bilinear (cell `i` has its centre at `i + ½`; beyond the outermost centres the outermost cells go
/// on), and it ends where its grid does. A flat map is not coloured: below the plain picture stands the style's ``MapStyle/flatNote``.
///
/// - Parameters:
///   - map: `[row, column]`.
///   - imageToCells: Takes the picture's pixels to the map's cells, as the network's view of the picture did.
///   - boxes: Drawn on top.
///   - caption: Stands below the picture, beside the colour bar where there is room.
///   - flatNote: Why there is nothing to see, when that is known already: then this map is a flat one, whatever its numbers.
///   - minimumSide: The longer side of the picture part in pixels, at the least: smaller pictures are enlarged.
/// - Throws: ``DrawingError``.
public func mapOverlay(
    image: Image, map: Tensor, imageToCells: AffineMap<ImagePixels, MapCells>, style: MapStyle = MapStyle(),
    boxes: [LabelledBox] = [], caption: String = "", flatNote: String? = nil, minimumSide: Int = 960
) throws(DrawingError) -> Image {
    let size = image.enlargedSize(toSide: minimumSide)
    let laid = try LaidMap(
        image: image, map: map, imageToCells: imageToCells, style: style, flatNote: flatNote, width: size.width,
        height: size.height)
    return try framed(laid.picture, scale: laid.scale, caption: caption) { canvas in
        BoxPainter(canvas, width: size.width, height: size.height).draw(boxes, laid.imageToPicture)
    }
}

/// Draws one map without a picture, with a colour bar below.
///
/// - Parameters:
///   - map: `[row, column]`.
///   - isSmooth: Whether colours flow from cell to cell; otherwise each cell is a rectangle of one colour.
///   - flatNote: Why there is nothing to see, when that is known already.
///   - minimumSide: The longer side of the map in pixels, at the least.
/// - Throws: ``DrawingError``.
public func mapAlone(
    _ map: Tensor, style: MapStyle = MapStyle(), isSmooth: Bool = false, caption: String = "",
    flatNote: String? = nil, minimumSide: Int = 480
) throws(DrawingError) -> Image {
    let size = try MapGrid(map).size(minimumSide: minimumSide)
    let bare = try BareMap(
        map, style: style, flatNote: flatNote, isSmooth: isSmooth, width: size.width, height: size.height)
    return try framed(bare.picture, scale: bare.scale, caption: caption) { _ in }
}

/// A map over its picture, in the size of a place on a canvas.
struct LaidMap {
    let picture: Image
    let scale: MapPanel.Scale
    /// Where the pixels of the picture's file are in ``picture``.
    let imageToPicture: AffineMap<ImagePixels, CanvasPixels>

    init(
        image: Image, map: Tensor, imageToCells: AffineMap<ImagePixels, MapCells>, style: MapStyle, flatNote: String?,
        width: Int, height: Int
    ) throws(DrawingError) {
        let plain = image.resized(width: width, height: height)
        imageToPicture = image.scaling(to: plain)
        guard imageToCells.canBeFollowed, let toImage = imageToPicture.inverse else { throw .unusableMap }
        _ = try MapGrid(map)
        if flatNote == nil, let range = style.range(for: map) {
            picture = try MapPainter(map, range: range, style: style)
                .laid(over: plain, toCells: toImage.followed(by: imageToCells))
            scale = .bar(range, style.colormap)
        } else {
            picture = plain
            scale = .note(flatNote ?? style.flatNote)
        }
    }
}

/// A map without a picture, in the size of a place on a canvas; a flat one is grey.
struct BareMap {
    let picture: Image
    let scale: MapPanel.Scale

    init(_ map: Tensor, style: MapStyle, flatNote: String?, isSmooth: Bool, width: Int, height: Int)
        throws(DrawingError)
    {
        guard flatNote == nil, let range = style.range(for: map) else {
            _ = try MapGrid(map)
            picture = Image(width: width, height: height, fill: (226, 229, 232))
            scale = .note(flatNote ?? style.flatNote)
            return
        }
        let opaque = MapStyle(colormap: style.colormap, opacity: 1, blending: .uniform)
        picture = try MapPainter(map, range: range, style: opaque)
            .alone(width: width, height: height, isSmooth: isSmooth, colormap: style.colormap)
        scale = .bar(range, style.colormap)
    }
}

/// A picture with what belongs on it, and its panel below.
func framed(
    _ picture: Image, scale: MapPanel.Scale, caption: String, _ drawOnTop: (Canvas) -> Void
) throws(DrawingError) -> Image {
    // No sentence has room below a picture that is narrower.
    let width = max(picture.width, 260)
    let size = max(12, Double(max(picture.width, picture.height)) / 60)
    let panel = MapPanel(
        caption: caption, scale: scale, width: width, size: min(size, Double(width) / 20),
        padding: min(size, Double(width) / 20), measuredOn: try Canvas(width: 1, height: 1))
    let canvas = try Canvas(width: width, height: picture.height + panel.height)
    try canvas.draw(picture, x: 0, y: 0)
    drawOnTop(canvas)
    try panel.draw(on: canvas, top: Double(picture.height))
    return try canvas.image()
}

extension Image {
    /// Where this picture's pixels are once it is resized to another's extents.
    func scaling(to other: Image) -> AffineMap<ImagePixels, CanvasPixels> {
        AffineMap(scaleX: Double(other.width) / Double(width), scaleY: Double(other.height) / Double(height))
    }
}
