import Boxes
import Foundation
import Tensors

/// Decodes the heads' maps to boxes, or to points without the map of sizes: the highest local maxima of the heatmaps over all classes, each with the size and offset in its cell
/// ("Objects as Points", Zhou et al., 2019, section 4). No non-maximum suppression of boxes is needed, since the search for local maxima
/// already suppresses neighbours.
public struct PeakDecoder: Hashable, Sendable {
    /// The maximum number of detections per image.
    public var maximumDetections: Int
    /// The side, in cells, of the square in which a peak must be the maximum; odd.
    public var kernel: Int
    /// How keypoints are decoded, if there are any.
    public var keypoints: KeypointDecoder

    /// Creates a decoder, by default with CenterNet's values.
    public init(maximumDetections: Int = 100, kernel: Int = 3, keypoints: KeypointDecoder = KeypointDecoder()) {
        precondition(maximumDetections >= 0, "\(maximumDetections) is not a maximum number of detections")
        precondition(kernel > 0 && kernel % 2 == 1, "the kernel must be odd, not \(kernel) cells")
        self.maximumDetections = maximumDetections
        self.kernel = kernel
        self.keypoints = keypoints
    }

    /// Returns the detections of one image of a batch by descending score, in output cells.
    ///
    /// - Parameters:
    ///   - heatmapLogits: `[batch, class, row, column]`, before the sigmoid.
    ///   - size: `[batch, 2, row, column]`: width, then height, in cells; nil for a network that detects points.
    ///   - offset: `[batch, 2, row, column]`: x, then y, of the centre within its cell.
    ///   - image: The position in the batch.
    public func decode(
        heatmapLogits: Tensor, size: Tensor?, offset: Tensor, image: Int = 0
    ) -> [Detection<OutputCells>] {
        checkShapes(heatmapLogits, size, offset, image)
        let shape = Array(heatmapLogits.shape.dropFirst())
        let count = shape.reduce(1, *)
        let logits = heatmapLogits.withElements { Tensor(shape, elements: $0[image * count..<(image + 1) * count]) }
        return decode(map: sigmoid(logits), first: 0, size: size, offset: offset, image: image)
    }

    /// Returns the detections from probabilities, `[batch, class, row, column]`, for example the mean of several heatmaps.
    ///
    /// A cell is a peak when it is above zero and no neighbour is larger; all cells of a plateau are peaks, as with max pooling and `==`.
    /// Equal peaks are in the order of the map. NaN is never a peak, and a peak whose size or offset is not finite is dropped.
    ///
    /// - Parameter keypoints: The keypoint maps; nil for a network without keypoints.
    public func decode(
        probabilities: Tensor, size: Tensor?, offset: Tensor, keypoints: KeypointMaps? = nil, image: Int = 0
    ) -> [Detection<OutputCells>] {
        checkShapes(probabilities, size, offset, image)
        var detections = decode(
            map: probabilities, first: image * probabilities.shape[1], size: size, offset: offset, image: image)
        if let keypoints {
            precondition(
                keypoints.offset.shape == offset.shape,
                "keypoint offsets have shape \(keypoints.offset.shape), but offsets have \(offset.shape)")
            self.keypoints.add(
                keypoints, image: image, to: &detections,
                finder: finder(for: keypoints.probabilities, limit: self.keypoints.maximumPeaks))
        }
        return detections
    }

    func checkShapes(_ heatmap: Tensor, _ size: Tensor?, _ offset: Tensor, _ image: Int) {
        precondition(heatmap.shape.count == 4, "a heatmap is [batch, class, row, column], but this is \(heatmap.shape)")
        let expected = [heatmap.shape[0], 2, heatmap.shape[2], heatmap.shape[3]]
        let sizes = size?.shape ?? expected
        precondition(sizes == expected, "the sizes are \(sizes), but the heatmap requires \(expected)")
        precondition(offset.shape == expected, "the offsets are \(offset.shape), but the heatmap requires \(expected)")
        precondition((0..<expected[0]).contains(image), "image \(image) of a batch of \(expected[0])")
    }

    /// Decodes `map`, whose planes are `[row, column]`; the image's classes begin at plane `first`.
    private func decode(
        map: Tensor, first: Int, size: Tensor?, offset: Tensor, image: Int
    ) -> [Detection<OutputCells>] {
        let columns = map.shape[map.shape.count - 1]
        let cells = map.shape[map.shape.count - 2] * columns
        return rankedPeaks(of: map, first: first, limit: maximumDetections).prefix(maximumDetections).compactMap {
            peak in
            let (row, column) = (peak.index % cells / columns, peak.index % columns)
            let box = Reading(size: size, offset: offset, image: image, row: row, column: column).box
            guard box.isFinite else { return nil }
            return Detection(
                classIndex: peak.index / cells, score: peak.score, box: box, kind: size == nil ? .points : .boxes,
                row: row, column: column)
        }
    }

    /// Returns the peaks of all classes by descending score, at most `limit` per class; an index counts the cells of all planes from
    /// `first`.
    func rankedPeaks(of map: Tensor, first: Int, limit: Int) -> [Peak] {
        let finder = finder(for: map, limit: limit)
        let cells = finder.rows * finder.columns
        var peaks: [Peak] = []
        map.withElements { elements in
            for classIndex in 0..<map.shape[map.shape.count - 3] {
                let start = (first + classIndex) * cells
                let plane = UnsafeBufferPointer(rebasing: elements[start..<start + cells])
                for peak in finder.peaks(of: plane) {
                    peaks.append(Peak(score: peak.score, index: classIndex * cells + peak.index))
                }
            }
        }
        peaks.sort()
        return peaks
    }

    func finder(for map: Tensor, limit: Int) -> PeakFinder {
        PeakFinder(
            rows: map.shape[map.shape.count - 2], columns: map.shape[map.shape.count - 1], reach: kernel / 2,
            limit: limit)
    }

    /// The outputs of the size and offset heads in one cell; a point has no width and height.
    struct Reading {
        let row, column: Int
        let width, height, offsetX, offsetY: Float

        init(size: Tensor?, offset: Tensor, image: Int, row: Int, column: Int) {
            (self.row, self.column) = (row, column)
            (width, height) = size.map { ($0[image, 0, row, column], $0[image, 1, row, column]) } ?? (0, 0)
            (offsetX, offsetY) = (offset[image, 0, row, column], offset[image, 1, row, column])
        }

        var box: Box<OutputCells> {
            Box(
                centerX: Double(column) + Double(offsetX), centerY: Double(row) + Double(offsetY), width: Double(width),
                height: Double(height))
        }
    }
}

/// Returns the probability of a logit, `1 / (1 + exp(-x))`.
public func sigmoid(_ logit: Float) -> Float { 1 / (1 + exp(-logit)) }

/// Returns the sigmoid of each element, `1 / (1 + exp(-x))` in float32.
public func sigmoid(_ logits: Tensor) -> Tensor {
    var result = logits
    result.withMutableElements { elements in
        nonisolated(unsafe) let elements = elements
        Parallel.forRanges(elements.count) { range in
            for i in range { elements[i] = sigmoid(elements[i]) }
        }
    }
    return result
}
