import Boxes

/// An object detected by the network.
public struct Detection<Space: CoordinateSpace>: Hashable, Sendable {
    /// The class, from 0.
    public var classIndex: Int
    /// The score, in `0...1`.
    public var score: Float
    /// The box. A size head may predict a negative size; such a box has inverted edges and is empty. Of a point, the point itself.
    public var box: Box<Space>
    /// Whether the object is a box or a point.
    public var kind: ObjectKind
    /// The cell that the detection was read from: of the heatmap, or of its decoder's own grid.
    public var row, column: Int
    /// The index among the network's candidates, if its decoder counts them; 0 if the cell identifies the detection.
    public var candidate: Int
    /// The keypoints in the order of the skeleton; empty without keypoints.
    public var keypoints: [ScoredKeypoint<Space>]

    /// Creates a detection.
    public init(
        classIndex: Int, score: Float, box: Box<Space>, kind: ObjectKind = .boxes, row: Int, column: Int,
        candidate: Int = 0, keypoints: [ScoredKeypoint<Space>] = []
    ) {
        self.classIndex = classIndex
        self.score = score
        self.box = box
        self.kind = kind
        self.row = row
        self.column = column
        self.candidate = candidate
        self.keypoints = keypoints
    }

    /// Returns the detection in another coordinate system; inverted edges stay inverted.
    public func mapped<Other>(by map: AffineMap<Space, Other>) -> Detection<Other> {
        // The map returns the bounding box of the corners, which would turn an empty box into one with an area.
        var target = map(box)
        if box.width < 0 { (target.xMin, target.xMax) = (target.xMax, target.xMin) }
        if box.height < 0 { (target.yMin, target.yMax) = (target.yMax, target.yMin) }
        return Detection<Other>(
            classIndex: classIndex, score: score, box: target, kind: kind, row: row, column: column,
            candidate: candidate,
            keypoints: keypoints.map { $0.mapped(by: map) })
    }
}
