/// A coordinate system, as a type, so that boxes of two systems cannot be mixed.
///
/// All of them are continuous: pixel or cell `i` covers `[i, i + 1]`, so its centre is at `i + 0.5`.
public protocol CoordinateSpace: Sendable {}

/// Pixels of an image as it is on disk (after its EXIF rotation).
public enum ImagePixels: CoordinateSpace {}

/// Pixels of an image as it was decoded, which may be coarser than the image itself.
public enum DecodedPixels: CoordinateSpace {}

/// Pixels of the network's input.
public enum InputPixels: CoordinateSpace {}

/// Cells of the network's output maps: input pixels divided by the output stride.
public enum OutputCells: CoordinateSpace {}

/// Cells of any map inside a network, whatever its stride.
public enum MapCells: CoordinateSpace {}
