import Boxes
import Tensors

/// A record of each step from heatmap to boxes in ``PeakDecoder``, for display.
public struct DecodingTrace: Sendable {
    /// A cell of one class's heatmap.
    public struct Cell: Hashable, Sendable {
        /// The class, from 0.
        public let classIndex: Int
        /// The cell's position.
        public let row, column: Int
        /// The probability of a centre in the cell.
        public let probability: Float

        /// Creates a cell with its probability.
        public init(classIndex: Int, row: Int, column: Int, probability: Float) {
            self.classIndex = classIndex
            self.row = row
            self.column = column
            self.probability = probability
        }
    }

    /// The outcome of a peak: the first of these that applies.
    public enum Outcome: String, CaseIterable, Sendable {
        /// The probability is below the threshold.
        case belowThreshold
        /// The number of higher peaks of all classes exceeds the maximum number of detections.
        case beyondLimit
        /// The size or offset is not finite.
        case notFinite
        /// The peak is a detection.
        case kept
    }

    /// A local maximum, with the outputs of the other heads in its cell.
    public struct Candidate: Hashable, Sendable {
        /// The cell and its probability.
        public let cell: Cell
        /// The rank among the peaks of all classes, from 1.
        public let rank: Int
        /// The predicted size, in cells.
        public let width, height: Float
        /// The predicted offset of the centre in its cell.
        public let offsetX, offsetY: Float
        /// The resulting box, in cells; the point itself where objects are points.
        public let box: Box<OutputCells>
        /// Whether the candidate is a box or a point.
        public let kind: ObjectKind
        /// The outcome.
        public let outcome: Outcome

        /// The candidate as a detection.
        public var detection: Detection<OutputCells> {
            Detection(
                classIndex: cell.classIndex, score: cell.probability, box: box, kind: kind,
                row: cell.row, column: cell.column)
        }
    }

    /// A cell at or above the threshold that is not a peak.
    public struct Suppressed: Hashable, Sendable {
        /// The cell and its probability.
        public let cell: Cell
        /// The largest neighbour within the kernel.
        public let winner: Cell
        /// The position in ``DecodingTrace/candidates`` of the peak that is reached by following winners; nil when that peak is not above
        /// zero.
        public let peak: Int?
    }

    /// All peaks of all classes, by descending probability; the position is the rank minus 1.
    public let candidates: [Candidate]
    /// The suppressed cells by class, then row by row.
    public let suppressed: [Suppressed]
    /// The minimum probability of a detection.
    public let threshold: Double
    /// The maximum number of detections per image.
    public let limit: Int

    /// The detections, by descending probability.
    public var kept: [Candidate] { candidates.filter { $0.outcome == .kept } }
}

extension PeakDecoder {
    /// Decodes as ``decode(probabilities:size:offset:image:)`` does, and records each step.
    ///
    /// The kept candidates are that function's detections whose score is at least `threshold`.
    public func trace(
        probabilities: Tensor, size: Tensor?, offset: Tensor, image: Int = 0, threshold: Double
    ) -> DecodingTrace {
        checkShapes(probabilities, size, offset, image)
        let (classCount, columns) = (probabilities.shape[1], probabilities.shape[3])
        let cells = probabilities.shape[2] * columns
        let first = image * classCount
        // With the number of cells as the limit, no peak is left out.
        let peaks = rankedPeaks(of: probabilities, first: first, limit: max(1, cells))
        let candidates = peaks.enumerated().map { position, peak in
            let index = peak.index % max(1, cells)
            let reading = Reading(
                size: size, offset: offset, image: image, row: index / columns, column: index % columns)
            let outcome: DecodingTrace.Outcome =
                !(Double(peak.score) >= threshold)
                ? .belowThreshold
                : position >= maximumDetections ? .beyondLimit : reading.box.isFinite ? .kept : .notFinite
            return DecodingTrace.Candidate(
                cell: DecodingTrace.Cell(
                    classIndex: peak.index / cells, row: reading.row, column: reading.column, probability: peak.score),
                rank: position + 1, width: reading.width, height: reading.height, offsetX: reading.offsetX,
                offsetY: reading.offsetY, box: reading.box,
                kind: size == nil ? .points : .boxes, outcome: outcome)
        }
        let positions = Dictionary(
            peaks.enumerated().map { ($1.index, $0) }, uniquingKeysWith: { first, _ in first })
        return DecodingTrace(
            candidates: candidates,
            suppressed: suppressed(in: probabilities, first: first, threshold: threshold, peaks: positions),
            threshold: threshold, limit: maximumDetections)
    }

    private func suppressed(
        in map: Tensor, first: Int, threshold: Double, peaks: [Int: Int]
    ) -> [DecodingTrace.Suppressed] {
        let finder = finder(for: map, limit: 0)
        let cells = finder.rows * finder.columns
        var found: [DecodingTrace.Suppressed] = []
        map.withElements { elements in
            for classIndex in 0..<map.shape[1] {
                let start = (first + classIndex) * cells
                let plane = UnsafeBufferPointer(rebasing: elements[start..<start + cells])
                func cell(_ index: Int) -> DecodingTrace.Cell {
                    DecodingTrace.Cell(
                        classIndex: classIndex, row: index / finder.columns, column: index % finder.columns,
                        probability: plane[index])
                }
                for index in 0..<cells where Double(plane[index]) >= threshold {
                    guard let winner = finder.winner(over: index, in: plane) else { continue }
                    var peak = winner
                    // The probability increases with each step, so the loop ends.
                    while let next = finder.winner(over: peak, in: plane) { peak = next }
                    found.append(
                        DecodingTrace.Suppressed(
                            cell: cell(index), winner: cell(winner), peak: peaks[classIndex * cells + peak]))
                }
            }
        }
        return found
    }
}
