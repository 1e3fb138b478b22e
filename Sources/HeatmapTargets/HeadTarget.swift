import DetectionHeads
import Tensors

/// What one head should answer for an image.
public enum HeadTarget: Sendable {
    /// A heatmap `[channel, row, column]`, so many of whose elements are exactly 1.
    case heatmap(Tensor, peakCount: Int)
    /// Values in some cells; all other cells are free.
    case places([Place])

    /// A cell in which two channels next to each other are learned, and what they should answer.
    public struct Place: Hashable, Sendable {
        /// The first of the two channels.
        public var channel: Int
        /// The cell.
        public var row, column: Int
        /// What the first channel should answer, and the second.
        public var x, y: Float
        /// How much the place counts; the places of one object or keypoint count 1 together.
        public var weight: Float

        /// A place from its parts.
        public init(channel: Int = 0, row: Int, column: Int, x: Float, y: Float, weight: Float = 1) {
            (self.channel, self.row, self.column) = (channel, row, column)
            (self.x, self.y) = (x, y)
            self.weight = weight
        }
    }

    /// How many values are learned: peaks of a heatmap, two for each object or keypoint of a regression.
    public var valueCount: Int {
        switch self {
        case .heatmap(_, let peakCount): peakCount
        case .places(let places): 2 * Int(places.reduce(0) { $0 + Double($1.weight) }.rounded())
        }
    }
}

extension DetectionTargets {
    /// Where size and offset are learned.
    private var learnedCells: [Center] { neighbors.isEmpty ? centers : centers + neighbors }

    /// What a head should answer.
    ///
    /// - Precondition: targets for a head of keypoints have keypoints.
    public func target(for head: DetectionHead) -> HeadTarget {
        let keypointPlaces = keypoints?.places ?? []
        return switch head {
        case .heatmap: .heatmap(heatmap, peakCount: peakCount)
        case .size:
            .places(
                learnedCells.map { .init(row: $0.row, column: $0.column, x: $0.width, y: $0.height, weight: $0.weight) }
            )
        case .offset:
            .places(
                learnedCells.map {
                    .init(row: $0.row, column: $0.column, x: $0.offsetX, y: $0.offsetY, weight: $0.weight)
                })
        case .keypointDisplacement:
            .places(
                keypointPlaces.map {
                    .init(
                        channel: 2 * $0.keypoint, row: $0.centerRow, column: $0.centerColumn, x: $0.displacementX,
                        y: $0.displacementY)
                })
        case .keypointHeatmap:
            .heatmap(keypoints?.heatmap ?? Tensor([0, 0, 0]), peakCount: keypoints?.peakCount ?? 0)
        case .keypointOffset:
            .places(keypointPlaces.map { .init(row: $0.row, column: $0.column, x: $0.offsetX, y: $0.offsetY) })
        default: preconditionFailure("no target is rendered for the head \(head.name)")
        }
    }

    /// The shape of a head's answer for a batch, `[batch, channel, row, column]`.
    public func shape(of head: DetectionHead, batch: Int) -> [Int] {
        let channels = head.channelCount(classes: heatmap.shape[0], keypoints: keypoints?.heatmap.shape[0] ?? 0)
        return [batch, channels] + heatmap.shape.dropFirst()
    }
}
