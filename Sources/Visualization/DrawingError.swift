/// Something that cannot be drawn.
public enum DrawingError: Error, Hashable, CustomStringConvertible {
    /// Cairo could not do it, for the reason it gives.
    case cairo(String)
    /// A heatmap without cells, or not of the shape that the drawing takes.
    case heatmapShape(actual: [Int], expected: String)
    /// A heatmap has another number of classes than there are names.
    case classCount(heatmap: Int, names: Int)
    /// The map from pixels to cells is not one that can be followed.
    case unusableMap
    /// There are no images to put on a sheet.
    case noTiles

    /// A sentence for the terminal.
    public var description: String {
        switch self {
        case .cairo(let reason): "cannot draw: \(reason)"
        case .heatmapShape(let actual, let expected):
            "a heatmap of shape \(actual) cannot be drawn; it must be \(expected), with at least one cell"
        case .classCount(let heatmap, let names):
            "a heatmap of \(heatmap) classes cannot be drawn with the names of \(names)"
        case .unusableMap: "a heatmap cannot be laid over its image: the map between them is not finite"
        case .noTiles: "there are no images to put on a sheet"
        }
    }
}
