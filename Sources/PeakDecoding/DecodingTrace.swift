import Boxes
import Tensors

/// The way from heatmap to boxes with every step kept: what ``PeakDecoder`` does, for people to look at.
public struct DecodingTrace: Sendable {
    /// A cell of one class's heatmap.
    public struct Cell: Hashable, Sendable {
        /// The class, from 0.
        public let classIndex: Int
        /// The cell.
        public let row, column: Int
        /// The probability of a centre in it.
        public let probability: Float

        /// A cell and what stands in it.
        public init(classIndex: Int, row: Int, column: Int, probability: Float) {
            self.classIndex = classIndex
            self.row = row
            self.column = column
            self.probability = probability
        }
    }

    /// What became of a peak: the first of these that holds.
    public enum Outcome: String, CaseIterable, Sendable {
        /// Its probability does not reach the threshold.
        case belowThreshold
        /// So many peaks of all classes are higher that it is beyond the limit.
        case beyondLimit
        /// Its size or offset is not a finite number.
        case notFinite
        /// It is a detection.
        case kept
    }

    /// A local maximum, and what the other heads say in its cell.
    public struct Candidate: Hashable, Sendable {
        /// Where it is, and how high.
        public let cell: Cell
        /// Its place among the peaks of all classes, from 1.
        public let rank: Int
        /// The size as read, in cells.
        public let width, height: Float
        /// Where in its cell the centre lies, as read.
        public let offsetX, offsetY: Float
        /// The box that follows, in cells.
        public let box: Box<OutputCells>
        /// What became of it.
        public let outcome: Outcome

        /// The same as a detection.
        public var detection: Detection<OutputCells> {
            Detection(
                classIndex: cell.classIndex, score: cell.probability, box: box, row: cell.row, column: cell.column)
        }
    }

    /// A cell that reaches the threshold and is no peak.
    public struct Suppressed: Hashable, Sendable {
        /// Where it is, and how high.
        public let cell: Cell
        /// The largest of its neighbours within the kernel.
        public let winner: Cell
        /// The position in ``DecodingTrace/candidates`` of the peak that one reaches from winner to winner; nil when that
        /// is not above zero.
        public let peak: Int?
    }

    /// Every peak of every class, best first; the position is the rank less 1.
    public let candidates: [Candidate]
    /// By class, then row by row.
    public let suppressed: [Suppressed]
    /// The lowest probability of a detection.
    public let threshold: Double
    /// The most detections an image can have.
    public let limit: Int

    /// What is left in the end, best first.
    public var kept: [Candidate] { candidates.filter { $0.outcome == .kept } }
}

extension PeakDecoder {
    /// Decodes as ``decode(probabilities:size:offset:image:)`` does, and keeps every step.
    ///
    /// The kept candidates are that function's detections whose score is at least `threshold`.
    public func trace(
        probabilities: Tensor, size: Tensor, offset: Tensor, image: Int = 0, threshold: Double
    ) -> DecodingTrace {
        checkShapes(probabilities, size, offset, image)
        let (classCount, columns) = (probabilities.shape[1], probabilities.shape[3])
        let cells = probabilities.shape[2] * columns
        let first = image * classCount
        // As many peaks as there are cells leave none out.
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
                offsetY: reading.offsetY, box: reading.box, outcome: outcome)
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
                    // Each step goes up, so this ends.
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
