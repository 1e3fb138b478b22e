import Visualization

/// How maps are drawn.
public struct MapLook: Sendable {
    /// Which numbers get the first and the last colour.
    public enum Scale: String, CaseIterable, Sendable {
        /// Each map's own lowest and highest.
        case own
        /// The lowest and highest of all maps of an image, so that they can be compared.
        case common
    }

    /// Colours, opacity and blending.
    public var style = MapStyle()
    /// Which numbers get which colours; nil for each map's own, but a common scale for lengths, which share a unit.
    public var scale: Scale?
    /// How drawings are written.
    public var format = DrawingFormat.png
    /// Whether maps stand alone, not over the image.
    public var isAlone = false

    /// Maps over their images.
    public init() {}
}
