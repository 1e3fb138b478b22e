import Boxes
import PeakDecoding
import Tensors

/// The candidate boxes that a network predicts: the common part of all decoders except CenterNet's and the tracker's.
struct CandidateList {
    /// A candidate: a box with its class and score.
    struct Candidate {
        /// The candidate's index in the network's output.
        let index: Int
        /// The cell that it belongs to, and the cell's side in input pixels.
        let row, column, stride: Int
        /// The class with the highest score, and that score.
        let classIndex: Int
        let score: Float
        let box: Box<InputPixels>
        /// The keypoints, in the order of the decoder's skeleton.
        var keypoints: [ScoredKeypoint<InputPixels>] = []
    }

    private let input: InputExtent
    private let classCount: Int
    private let finest: Int
    private(set) var heatmap: Tensor
    private var candidates: [Candidate] = []

    /// - Parameter finest: The side of the heatmap's cells in input pixels.
    init(input: InputExtent, classCount: Int, finest: Int) {
        self.input = input
        self.classCount = classCount
        self.finest = finest
        heatmap = Tensor([
            classCount, (input.rows + finest - 1) / finest, (input.columns + finest - 1) / finest,
        ])
    }

    /// The minimum score of a candidate; it limits the number of boxes that non-maximum suppression has to compare.
    static let lowestScore: Float = 0.01

    /// Adds a candidate; one whose box or score is not finite is dropped.
    mutating func add(_ candidate: Candidate) {
        guard candidate.score.isFinite, candidate.box.isFinite else { return }
        mark(candidate)
        if candidate.score >= Self.lowestScore { candidates.append(candidate) }
    }

    /// Updates the heatmap, which holds in each cell the highest score of all grids at that place.
    private mutating func mark(_ candidate: Candidate) {
        let (rows, columns) = (heatmap.shape[1], heatmap.shape[2])
        let factor = max(1, candidate.stride / finest)
        let plane = candidate.classIndex * rows * columns
        heatmap.withMutableElements { cells in
            for row in candidate.row * factor..<max(candidate.row * factor, min(rows, (candidate.row + 1) * factor)) {
                for column in candidate.column
                    * factor..<max(
                        candidate.column * factor, min(columns, (candidate.column + 1) * factor))
                {
                    let place = plane + row * columns + column
                    cells[place] = max(cells[place], min(1, max(0, candidate.score)))
                }
            }
        }
    }

    /// Returns the objects after non-maximum suppression within each class.
    func image(overlap: Double, limit: Int) -> DecodedImage {
        let detections = candidates.map {
            Detection(
                classIndex: $0.classIndex, score: $0.score, box: $0.box, row: $0.row, column: $0.column,
                candidate: $0.index, keypoints: $0.keypoints)
        }
        return DecodedImage(
            detections: nonMaximumSuppression(detections, overlap: overlap, limit: limit), heatmap: heatmap)
    }
}

extension DecodedImage {
    /// Merges the detections of the mirrored image: boxes and keypoints are mirrored back, and overlapping boxes are merged by soft
    /// non-maximum suppression, as for several scales.
    func merged(
        withMirrored other: DecodedImage?, input: InputExtent, limit: Int, skeleton: Skeleton? = nil
    ) -> DecodedImage {
        guard let other else { return self }
        let width = Double(input.columns)
        let back = other.detections.map { detection in
            var turned = detection
            (turned.box.xMin, turned.box.xMax) = (width - detection.box.xMax, width - detection.box.xMin)
            if let skeleton {
                turned.keypoints = skeleton.mirrored.map { index in
                    var keypoint = detection.keypoints[index]
                    keypoint.x = width - keypoint.x
                    return keypoint
                }
            }
            return turned
        }
        var merged = self
        merged.detections = softNonMaximumSuppression(detections + back, limit: limit)
        return merged
    }
}
