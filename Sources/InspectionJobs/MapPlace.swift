import Boxes
import Images
import Inference
import Tensors
import Visualization

/// The place of an image in maps: each map covers the whole input of the network, whatever the map's size.
public struct MapPlace: Sendable {
    /// The transform from the image to the network's input.
    let view: AffineMap<ImagePixels, InputPixels>
    /// The input's size in pixels.
    let extent: InputExtent

    init(_ look: InputLook) { (view, extent) = (look.view, look.extent) }

    /// Returns the transform from the image to a map of this size.
    func imageToCells(rows: Int, columns: Int) -> AffineMap<ImagePixels, MapCells> {
        view.followed(
            by: AffineMap(
                scaleX: Double(columns) / Double(extent.columns), scaleY: Double(rows) / Double(extent.rows)))
    }
}

/// Creates tiles of a sheet from the maps of an image.
struct MapTiles {
    let image: Image
    let place: MapPlace
    /// Whether maps are drawn without the image.
    let isAlone: Bool

    /// Returns a map, over the image or alone.
    func content(_ map: Tensor, boxes: [LabelledBox] = []) -> MapSheet.Content {
        if isAlone { return .map(map) }
        let toCells = place.imageToCells(rows: map.shape[0], columns: map.shape[1])
        return .overlay(image, map: map, imageToCells: toCells, boxes: boxes)
    }

    /// Returns colours `[3, row, column]` in `0...1`, each cell a rectangle, cropped to the image unless drawn alone.
    func content(colors: Tensor) throws(DrawingError) -> MapSheet.Content {
        if isAlone { return .colors(colors) }
        let (rows, columns) = (colors.shape[1], colors.shape[2])
        let toCells = place.imageToCells(rows: rows, columns: columns)
        let cells = try colorImage(colors)
        var laid = image
        for y in 0..<image.height {
            for x in 0..<image.width {
                let cell = toCells(x: Double(x) + 0.5, y: Double(y) + 0.5)
                laid[x, y] = cells[max(0, min(columns - 1, Int(cell.x))), max(0, min(rows - 1, Int(cell.y)))]
            }
        }
        return .image(laid)
    }
}
