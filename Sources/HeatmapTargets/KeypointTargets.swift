import Tensors

/// The targets of the network's keypoint heads for one image ("Objects as Points", Zhou et al., 2019, section 5.2).
public struct KeypointTargets: Sendable {
    /// The cells where one keypoint of one object is learned, with their targets: at the object's centre and at its own position.
    public struct Place: Hashable, Sendable {
        /// The keypoint, from 0.
        public var keypoint: Int
        /// The cell that contains the centre of the object's box.
        public var centerRow, centerColumn: Int
        /// The displacement from that cell's upper left corner to the keypoint, in cells.
        public var displacementX, displacementY: Float
        /// The cell that contains the keypoint.
        public var row, column: Int
        /// The position of the keypoint within its cell, in `0..<1`.
        public var offsetX, offsetY: Float

        /// Creates a place.
        public init(
            keypoint: Int, centerRow: Int, centerColumn: Int, displacementX: Float, displacementY: Float, row: Int,
            column: Int, offsetX: Float, offsetY: Float
        ) {
            self.keypoint = keypoint
            self.centerRow = centerRow
            self.centerColumn = centerColumn
            self.displacementX = displacementX
            self.displacementY = displacementY
            self.row = row
            self.column = column
            self.offsetX = offsetX
            self.offsetY = offsetY
        }
    }

    /// `[keypoint, row, column]`: 1 at the keypoints' cells, Gaussian around them, 0 elsewhere.
    public let heatmap: Tensor
    /// One element per keypoint that is annotated and inside the map; other keypoints are not learned.
    public let places: [Place]
    /// The number of heatmap elements that are exactly 1.
    public let peakCount: Int

    /// Creates targets.
    ///
    /// - Precondition: The heatmap has three axes, and all places are inside it.
    public init(heatmap: Tensor, places: [Place]) {
        precondition(
            heatmap.shape.count == 3, "a keypoint heatmap is [keypoint, row, column], but this one is \(heatmap.shape)")
        let (keypoints, rows, columns) = (0..<heatmap.shape[0], 0..<heatmap.shape[1], 0..<heatmap.shape[2])
        for place in places {
            precondition(
                keypoints.contains(place.keypoint) && rows.contains(place.row) && columns.contains(place.column)
                    && rows.contains(place.centerRow) && columns.contains(place.centerColumn),
                "\(place) is outside the heatmap \(heatmap.shape)")
        }
        self.heatmap = heatmap
        self.places = places
        peakCount = heatmap.peakCount
    }
}

extension Tensor {
    /// The number of elements that are exactly 1.
    var peakCount: Int { withElements { $0.reduce(0) { $1 == 1 ? $0 + 1 : $0 } } }
}
