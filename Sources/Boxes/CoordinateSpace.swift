/// A coordinate system, as a type, so that boxes of two systems cannot be mixed.
///
/// All of them are continuous: pixel or cell `i` covers `[i, i + 1]`, so its centre is at `i + 0.5`.
public protocol CoordinateSpace: Sendable {}

/// Pixels of an image at full resolution (after its EXIF rotation).
public enum ImagePixels: CoordinateSpace {}

/// Pixels of a decoded image, which may have a lower resolution than the file.
public enum DecodedPixels: CoordinateSpace {}

/// Pixels of the network's input.
public enum InputPixels: CoordinateSpace {}

/// Cells of the network's output maps: input pixels divided by the output stride.
public enum OutputCells: CoordinateSpace {}

/// Cells of any map inside a network, whatever its stride.
public enum MapCells: CoordinateSpace {}
