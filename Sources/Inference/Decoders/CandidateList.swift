import Boxes
import PeakDecoding
import Tensors

/// What a network answers about many places at once, each a box that may hold an object: the common half of all decoders but the
/// centre ones.
struct CandidateList {
    /// One answer: a box, and how sure the network is of each class there.
    struct Candidate {
        /// Which answer it is.
        let index: Int
        /// The cell that it belongs to, and that cell's side in input pixels.
        let row, column, stride: Int
        /// The class that it is surest of, and how sure.
        let classIndex: Int
        let score: Float
        let box: Box<InputPixels>
        /// Its keypoints, in the order of the decoder's skeleton.
        var keypoints: [ScoredKeypoint<InputPixels>] = []
    }

    private let input: InputExtent
    private let classCount: Int
    private let finest: Int
    private(set) var heatmap: Tensor
    private var candidates: [Candidate] = []

    /// - Parameter finest: The side in input pixels of the heatmap's cells.
    init(input: InputExtent, classCount: Int, finest: Int) {
        self.input = input
        self.classCount = classCount
        self.finest = finest
        heatmap = Tensor([
            classCount, (input.rows + finest - 1) / finest, (input.columns + finest - 1) / finest,
        ])
    }

    /// Below this nobody asks for an object; it bounds what suppression has to compare.
    static let lowestScore: Float = 0.01

    /// Adds an answer; one whose box or score is not a number does not count.
    mutating func add(_ candidate: Candidate) {
        guard candidate.score.isFinite, candidate.box.isFinite else { return }
        mark(candidate)
        if candidate.score >= Self.lowestScore { candidates.append(candidate) }
    }

    /// The heatmap has at each cell the surest answer of all grids whose cell lies there.
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

    /// The objects: of answers of one class that overlap by more than a share, the surest alone.
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
    /// Joins the reading of the mirrored image: boxes and keypoints turned back, and of what overlaps the surest kept, softened as
    /// for several sizes.
    func merged(
        withMirrored other: DecodedImage, input: InputExtent, limit: Int, skeleton: Skeleton? = nil
    ) -> DecodedImage {
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
