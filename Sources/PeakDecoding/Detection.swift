import Boxes

/// An object that the network says is there.
public struct Detection<Space: CoordinateSpace>: Hashable, Sendable {
    /// The class, from 0.
    public var classIndex: Int
    /// How sure the network is, in `0...1`.
    public var score: Float
    /// Where it is. A size head may answer with a negative extent; such a box has inverted edges and is empty.
    public var box: Box<Space>
    /// The cell that it was read from: of the heatmap whose peak it is, or of its decoder's own grid.
    public var row, column: Int
    /// Which of the network's answers this is, where its decoder counts them; 0 where the cell says it all.
    public var candidate: Int
    /// Its keypoints in the order of the skeleton; empty without.
    public var keypoints: [ScoredKeypoint<Space>]

    /// A detection from its parts.
    public init(
        classIndex: Int, score: Float, box: Box<Space>, row: Int, column: Int, candidate: Int = 0,
        keypoints: [ScoredKeypoint<Space>] = []
    ) {
        self.classIndex = classIndex
        self.score = score
        self.box = box
        self.row = row
        self.column = column
        self.candidate = candidate
        self.keypoints = keypoints
    }

    /// The same detection in another coordinate system; inverted edges stay inverted.
    public func mapped<Other>(by map: AffineMap<Space, Other>) -> Detection<Other> {
        // The map puts a rectangle around the corners, which would turn a box that is no box into one.
        var target = map(box)
        if box.width < 0 { (target.xMin, target.xMax) = (target.xMax, target.xMin) }
        if box.height < 0 { (target.yMin, target.yMax) = (target.yMax, target.yMin) }
        return Detection<Other>(
            classIndex: classIndex, score: score, box: target, row: row, column: column, candidate: candidate,
            keypoints: keypoints.map { $0.mapped(by: map) })
    }
}
