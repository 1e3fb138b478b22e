/// Options for exporting a graph as an ONNX file.
public struct ONNXExportOptions: Sendable, Equatable {
    /// Whether the file accepts any batch size: the first axis of each input is free.
    public var dynamicBatch = false
    /// Whether the file accepts all image sizes that the network supports: height and width of each map input are free.
    public var dynamicSize = false
    /// Whether batch normalizations that follow a convolution are folded into its weight and bias. The results then differ from the graph's
    /// in their last bits.
    public var foldsNormalization = false
    /// The file's metadata.
    public var metadata: [String: String] = [:]
    /// The decoding of the heads' maps to boxes to include in the file; nil to return the maps.
    public var decode: ONNXDecoding?

    /// Fixed shapes, no folding, no decoding.
    public init() {}
}

/// The decoding from a detector's maps to boxes as part of the graph ("Objects as Points", Zhou et al., 2019, section 4): what
/// `PeakDecoder` does, for runtimes without it.
///
/// The file then returns, with `k` the smaller of ``top`` and the number of heatmap cells over all classes,
///
/// - `boxes` `[batch, k, 4]`: left, upper, right and lower edge in input pixels,
/// - `scores` `[batch, k]`: probabilities in descending order; ties in the order of the map,
/// - `classes` `[batch, k]`: integers (int64).
///
/// and the graph's other outputs unchanged. If an image has fewer than `k` peaks, the remaining entries have score 0 and are meaningless.
public struct ONNXDecoding: Sendable, Equatable {
    /// The maximum number of detections per image.
    public var top: Int
    /// Input pixels per output cell.
    public var stride: Int
    /// The graph's output with the heatmap's logits, `[batch, class, row, column]`.
    public var heatmap = "heatmap"
    /// The output with widths and heights in cells, `[batch, 2, row, column]`.
    public var size = "size"
    /// The output with the centre's offset within its cell, `[batch, 2, row, column]`.
    public var offset = "offset"

    /// Creates a decoding of a graph with CenterNet's outputs.
    public init(top: Int = 100, stride: Int) {
        precondition(top > 0 && stride > 0, "top and stride must be positive, not \(top) and \(stride)")
        self.top = top
        self.stride = stride
    }

    /// Returns whether the decoding reads an output of the graph.
    func reads(_ output: String) -> Bool { [heatmap, size, offset].contains(output) }
}
