import Tensors

/// What the keypoint heads of the network should say about one image ("Objects as Points", Zhou et al., 2019, section 5.2).
public struct KeypointTargets: Sendable {
    /// Where one keypoint of one object is learned: twice, from the object's centre and at its own place.
    public struct Place: Hashable, Sendable {
        /// Which keypoint, from 0.
        public var keypoint: Int
        /// The cell that holds the middle of the object's box.
        public var centerRow, centerColumn: Int
        /// From that cell's upper left corner to the keypoint, in cells.
        public var displacementX, displacementY: Float
        /// The cell that holds the keypoint.
        public var row, column: Int
        /// Where in its cell the keypoint is, in `0..<1`.
        public var offsetX, offsetY: Float

        /// A place from its parts.
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
    /// One a keypoint that is annotated and inside the map; other keypoints are not learned.
    public let places: [Place]
    /// How many elements of the heatmap are exactly 1.
    public let peakCount: Int

    /// Targets from their parts.
    ///
    /// - Precondition: the heatmap has three axes, and every place lies in it.
    public init(heatmap: Tensor, places: [Place]) {
        precondition(
            heatmap.shape.count == 3, "a keypoint heatmap is [keypoint, row, column], and this one is \(heatmap.shape)")
        let (keypoints, rows, columns) = (0..<heatmap.shape[0], 0..<heatmap.shape[1], 0..<heatmap.shape[2])
        for place in places {
            precondition(
                keypoints.contains(place.keypoint) && rows.contains(place.row) && columns.contains(place.column)
                    && rows.contains(place.centerRow) && columns.contains(place.centerColumn),
                "\(place) lies outside the heatmap \(heatmap.shape)")
        }
        self.heatmap = heatmap
        self.places = places
        peakCount = heatmap.peakCount
    }
}

extension Tensor {
    /// How many elements are exactly 1.
    var peakCount: Int { withElements { $0.reduce(0) { $1 == 1 ? $0 + 1 : $0 } } }
}
