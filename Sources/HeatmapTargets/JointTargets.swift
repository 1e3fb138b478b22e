import Tensors

/// What the joint heads of the network should say about one picture ("Objects as Points", Zhou et al., 2019, section 5.2).
public struct JointTargets: Sendable {
    /// Where one joint of one object is learned: twice, from the object's centre and at its own place.
    public struct Place: Hashable, Sendable {
        /// Which joint, from 0.
        public var joint: Int
        /// The cell that holds the middle of the object's box.
        public var centerRow, centerColumn: Int
        /// From that cell's upper left corner to the joint, in cells.
        public var displacementX, displacementY: Float
        /// The cell that holds the joint.
        public var row, column: Int
        /// Where in its cell the joint is, in `0..<1`.
        public var offsetX, offsetY: Float

        /// A place from its parts.
        public init(
            joint: Int, centerRow: Int, centerColumn: Int, displacementX: Float, displacementY: Float, row: Int,
            column: Int, offsetX: Float, offsetY: Float
        ) {
            self.joint = joint
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

    /// `[joint, row, column]`: 1 at the joints' cells, Gaussian around them, 0 elsewhere.
    public let heatmap: Tensor
    /// One a joint that is annotated and inside the map; other joints are not learned.
    public let places: [Place]
    /// How many elements of the heatmap are exactly 1.
    public let peakCount: Int

    /// Targets from their parts.
    ///
    /// - Precondition: the heatmap has three axes, and every place lies in it.
    public init(heatmap: Tensor, places: [Place]) {
        precondition(
            heatmap.shape.count == 3, "a joint heatmap is [joint, row, column], and this one is \(heatmap.shape)")
        let (joints, rows, columns) = (0..<heatmap.shape[0], 0..<heatmap.shape[1], 0..<heatmap.shape[2])
        for place in places {
            precondition(
                joints.contains(place.joint) && rows.contains(place.row) && columns.contains(place.column)
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
