import Images

/// An error while drawing.
public enum DrawingError: Error, Hashable, CustomStringConvertible {
    /// Cairo failed, for the reason it gives.
    case cairo(String)
    /// A heatmap without cells, or not of the shape that the drawing requires.
    case heatmapShape(actual: [Int], expected: String)
    /// A heatmap's number of classes differs from the number of names.
    case classCount(heatmap: Int, names: Int)
    /// The transform from pixels to cells is not finite or has no inverse.
    case unusableMap
    /// There are no images to put on a sheet.
    case noTiles
    /// The drawing would have more than ``maximumDrawingSide`` pixels in a direction.
    case tooLarge(width: Int, height: Int)

    /// Whether smaller images could be drawn.
    public var isAboutSize: Bool { if case .tooLarge = self { true } else { false } }

    /// A sentence for the terminal.
    public var description: String {
        switch self {
        case .cairo(let reason): "cannot draw: \(reason)"
        case .heatmapShape(let actual, let expected):
            "a heatmap of shape \(actual) cannot be drawn; it must be \(expected), with at least one cell"
        case .classCount(let heatmap, let names):
            "a heatmap of \(heatmap) classes cannot be drawn with \(names) class names"
        case .unusableMap: "a heatmap cannot be drawn over its image: the transform between them is invalid"
        case .noTiles: "there are no images to put on a sheet"
        case .tooLarge(let width, let height):
            "a drawing of \(width) x \(height) pixels is too large; each side can have up to \(maximumDrawingSide)"
        }
    }
}
