/// How a graph is written as an ONNX file.
public struct ONNXExportOptions: Sendable, Equatable {
    /// Whether the file takes any number of images at once: the first axis of every input is free.
    public var dynamicBatch = false
    /// Whether it takes images of any size that the network can take: rows and columns of every map among the inputs are free.
    public var dynamicSize = false
    /// Whether each batch normalization that follows a convolution becomes part of its weight and bias. The results then
    /// differ from the graph's in their last bits.
    public var foldsNormalization = false
    /// What the file says about itself to those who know the keys.
    public var metadata: [String: String] = [:]
    /// What turns the heads' maps into boxes, to be part of the file; nil to return the maps.
    public var decode: ONNXDecoding?

    /// Fixed shapes, every node as it is, no decoding.
    public init() {}
}

/// The way from a detector's maps to its boxes, as a part of the graph ("Objects as Points", Zhou et al., 2019, section 4): what
/// `PeakDecoder` does, for runtimes that do not have it.
///
/// The file then returns, for `k` the smaller of ``top`` and the number of heatmap cells over all classes,
///
/// - `boxes` `[batch, k, 4]`: left, upper, right and lower edge in input pixels,
/// - `scores` `[batch, k]`: probabilities, best first; of equal ones the one that comes first in the map,
/// - `classes` `[batch, k]`: whole numbers (int64).
///
/// and the graph's other outputs as they are. Where an image has fewer peaks than `k`, those that remain have the score 0 and mean
/// nothing.
public struct ONNXDecoding: Sendable, Equatable {
    /// The most detections of an image.
    public var top: Int
    /// Input pixels to an output cell.
    public var stride: Int
    /// The graph's output with the heatmap's logits, `[batch, class, row, column]`.
    public var heatmap = "heatmap"
    /// The one with widths and heights in cells, `[batch, 2, row, column]`.
    public var size = "size"
    /// The one with the centre's place in its cell, `[batch, 2, row, column]`.
    public var offset = "offset"

    /// A decoding of a graph with CenterNet's outputs.
    public init(top: Int = 100, stride: Int) {
        precondition(top > 0 && stride > 0, "\(top) detections at a stride of \(stride) pixels")
        self.top = top
        self.stride = stride
    }

    /// Whether it reads an output of the graph.
    func reads(_ output: String) -> Bool { [heatmap, size, offset].contains(output) }
}
