import Visualization

/// Options for drawing maps.
public struct MapDrawingOptions: Sendable {
    /// The values that get the first and the last colour.
    public enum Scale: String, CaseIterable, Sendable {
        /// Each map's own minimum and maximum.
        case own
        /// The minimum and maximum of all maps of an image, so that they can be compared.
        case common
    }

    /// Colours, opacity and blending.
    public var style = MapStyle()
    /// The colour scale; nil for each map's own, but a common scale for lengths, which share a unit.
    public var scale: Scale?
    /// The file format of drawings.
    public var format = DrawingFormat.png
    /// Whether maps are drawn without the image.
    public var isAlone = false

    /// Creates options for maps over their images.
    public init() {}
}
