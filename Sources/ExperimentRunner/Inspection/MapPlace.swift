import Boxes
import Images
import Tensors
import Visualization

/// Where the maps of an image lie: each covers the whole input of the network, whatever its extents.
public struct MapPlace: Sendable {
    /// Where the image lies in the network's input.
    let view: AffineMap<ImagePixels, InputPixels>
    /// The input's extent in pixels.
    let extent: InputExtent

    /// Where the image lies in a map of so many cells.
    func imageToCells(rows: Int, columns: Int) -> AffineMap<ImagePixels, MapCells> {
        view.followed(
            by: AffineMap(
                scaleX: Double(columns) / Double(extent.columns), scaleY: Double(rows) / Double(extent.rows)))
    }
}

/// The maps of an image as parts of a sheet.
struct MapTiles {
    let image: Image
    let place: MapPlace
    /// Whether maps stand alone, not over the image.
    let isAlone: Bool

    /// A map, over the image or alone.
    func content(_ map: Tensor, boxes: [LabelledBox] = []) -> MapSheet.Content {
        if isAlone { return .map(map) }
        let toCells = place.imageToCells(rows: map.shape[0], columns: map.shape[1])
        return .overlay(image, map: map, imageToCells: toCells, boxes: boxes)
    }

    /// Colours `[3, row, column]` in `0...1`, each cell a rectangle, where the image is; or all of them.
    func content(colors: Tensor) -> MapSheet.Content {
        if isAlone { return .colors(colors) }
        let (rows, columns) = (colors.shape[1], colors.shape[2])
        let toCells = place.imageToCells(rows: rows, columns: columns)
        let cells = Image(colors: colors)
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
