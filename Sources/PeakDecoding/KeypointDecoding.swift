import Boxes
import Tensors

/// The outputs of the keypoint heads for a batch, with heatmaps as probabilities.
public struct KeypointMaps: Sendable {
    /// `[batch, 2 keypoint, row, column]`: for each keypoint x, then y, from the upper left corner of an object's centre cell, in cells.
    public var displacement: Tensor
    /// `[batch, keypoint, row, column]`, in `0...1`.
    public var probabilities: Tensor
    /// `[batch, 2, row, column]`: x, then y, of a keypoint within its cell.
    public var offset: Tensor

    /// Creates keypoint maps.
    ///
    /// - Precondition: The maps have the same batch size, number of keypoints, and height and width.
    public init(displacement: Tensor, probabilities: Tensor, offset: Tensor) {
        let shape = probabilities.shape
        precondition(
            shape.count == 4 && displacement.shape == [shape[0], 2 * shape[1], shape[2], shape[3]]
                && offset.shape == [shape[0], 2, shape[2], shape[3]],
            "displacements \(displacement.shape), heatmaps \(shape) and offsets \(offset.shape) of keypoints")
        self.displacement = displacement
        self.probabilities = probabilities
        self.offset = offset
    }

    /// The number of keypoints per object.
    public var keypointCount: Int { probabilities.shape[1] }
}

/// The decoding of an object's keypoints ("Objects as Points", section 5.2): each keypoint is first placed by the displacement from the
/// object's centre, then moved to the nearest peak of its heatmap, if that is high enough, inside the object's box, and not too far away.
public struct KeypointDecoder: Hashable, Sendable {
    /// The minimum score of a peak that keypoints are moved to.
    public var minimumScore: Float
    /// The maximum distance that a keypoint is moved, as a fraction of the longer side of the object's box.
    public var maximumShift: Double
    /// The maximum number of peaks per keypoint heatmap.
    public var maximumPeaks: Int

    /// Creates a decoder, by default with CenterNet's values.
    public init(minimumScore: Float = 0.1, maximumShift: Double = 0.3, maximumPeaks: Int = 100) {
        self.minimumScore = minimumScore
        self.maximumShift = maximumShift
        self.maximumPeaks = maximumPeaks
    }

    /// Adds keypoints to the detections of one image of a batch.
    ///
    /// A keypoint's score is the probability of the peak that it was moved to, or else of the cell that it lies in. A keypoint whose
    /// displacement is not finite is placed in the middle of the box, with a score of 0.
    func add(_ maps: KeypointMaps, image: Int, to detections: inout [Detection<OutputCells>], finder: PeakFinder) {
        for keypoint in 0..<maps.keypointCount {
            let peaks = peaks(of: maps, image: image, keypoint: keypoint, finder)
            for index in detections.indices {
                detections[index].keypoints.append(
                    place(of: keypoint, for: detections[index], maps, image: image, peaks: peaks))
            }
        }
    }

    private func peaks(
        of maps: KeypointMaps, image: Int, keypoint: Int, _ finder: PeakFinder
    ) -> [ScoredKeypoint<OutputCells>] {
        let cells = finder.rows * finder.columns
        let start = (image * maps.keypointCount + keypoint) * cells
        let found = maps.probabilities.withElements {
            finder.peaks(of: UnsafeBufferPointer(rebasing: $0[start..<start + cells]))
        }
        return found.lazy.filter { $0.score > minimumScore }.map { peak in
            let (row, column) = (peak.index / finder.columns, peak.index % finder.columns)
            return ScoredKeypoint(
                x: Double(column) + Double(maps.offset[image, 0, row, column]),
                y: Double(row) + Double(maps.offset[image, 1, row, column]), score: peak.score)
        }.filter { $0.x.isFinite && $0.y.isFinite }
    }

    private func place(
        of keypoint: Int, for detection: Detection<OutputCells>, _ maps: KeypointMaps, image: Int,
        peaks: [ScoredKeypoint<OutputCells>]
    ) -> ScoredKeypoint<OutputCells> {
        let (row, column, box) = (detection.row, detection.column, detection.box)
        let x = Double(column) + Double(maps.displacement[image, 2 * keypoint, row, column])
        let y = Double(row) + Double(maps.displacement[image, 2 * keypoint + 1, row, column])
        guard x.isFinite, y.isFinite else { return ScoredKeypoint(x: box.centerX, y: box.centerY, score: 0) }
        func distance(_ peak: ScoredKeypoint<OutputCells>) -> Double {
            ((peak.x - x) * (peak.x - x) + (peak.y - y) * (peak.y - y)).squareRoot()
        }
        // Of equally near peaks, the first, which is the highest.
        let nearest = peaks.min { distance($0) < distance($1) }
        if let nearest, box.contains(x: nearest.x, y: nearest.y),
            distance(nearest) <= maximumShift * max(box.width, box.height)
        {
            return nearest
        }
        let (rows, columns) = (maps.probabilities.shape[2], maps.probabilities.shape[3])
        let isInside = x >= 0 && y >= 0 && x < Double(columns) && y < Double(rows)
        let score = isInside ? maps.probabilities[image, keypoint, Int(y), Int(x)] : 0
        return ScoredKeypoint(x: x, y: y, score: score.isFinite ? score : 0)
    }
}

extension Box {
    /// Returns whether a point is inside or on an edge.
    fileprivate func contains(x: Double, y: Double) -> Bool { x >= xMin && x <= xMax && y >= yMin && y <= yMax }
}
