import Boxes
import Foundation

/// The anchor boxes of a network, with the cell that each belongs to.
struct AnchorBoxes: Sendable {
    /// One anchor.
    struct Anchor: Sendable {
        let row, column: Int
        /// The side of its heatmap cell in input pixels.
        let stride: Int
        let x, y, width, height: Double
    }

    let anchors: [Anchor]

    /// Returns SSD's default boxes (Liu et al., arXiv:1512.02325, section 2.2) as torchvision makes them: for each map a square of its
    /// scale, one between its scale and the next, and two boxes per aspect ratio.
    ///
    /// - Parameters:
    ///   - grids: Rows and columns of each map, the finest first.
    ///   - scales: One scale per map and one more, as fractions of the input's side.
    ///   - ratios: The aspect ratios of each map.
    ///   - steps: The distance between two cells in input pixels; nil divides the input evenly.
    static func ssd(
        grids: [(rows: Int, columns: Int)], scales: [Double], ratios: [[Double]], steps: [Double]?, input: InputExtent
    ) -> AnchorBoxes {
        var anchors: [Anchor] = []
        let (width, height) = (Double(input.columns), Double(input.rows))
        for (level, grid) in grids.enumerated() {
            let (scale, next) = (scales[level], scales[level + 1])
            var shapes = [(scale, scale), ((scale * next).squareRoot(), (scale * next).squareRoot())]
            for ratio in ratios[level] {
                let root = ratio.squareRoot()
                shapes += [(scale * root, scale / root), (scale / root, scale * root)]
            }
            let across = steps.map { width / $0[level] } ?? Double(grid.columns)
            let down = steps.map { height / $0[level] } ?? Double(grid.rows)
            let stride = steps.map { Int($0[level]) } ?? Self.roundedUp(input.columns, over: grid.columns)
            for row in 0..<grid.rows {
                for column in 0..<grid.columns {
                    for shape in shapes {
                        anchors.append(
                            Anchor(
                                row: row, column: column, stride: stride,
                                x: (Double(column) + 0.5) / across * width, y: (Double(row) + 0.5) / down * height,
                                width: min(1, shape.0) * width, height: min(1, shape.1) * height))
                    }
                }
            }
        }
        return AnchorBoxes(anchors: anchors)
    }

    /// Returns RetinaNet's anchors (Lin et al., arXiv:1708.02002, section 4) as torchvision makes them: three aspect ratios at three scales
    /// a third of an octave apart, four cells wide, with edges rounded to whole pixels, at each cell's corner.
    static func retinaNet(grids: [(rows: Int, columns: Int)], input: InputExtent) -> AnchorBoxes {
        var anchors: [Anchor] = []
        for (level, grid) in grids.enumerated() {
            let (strideX, strideY) = (input.columns / grid.columns, input.rows / grid.rows)
            let base = 32 << level
            let sizes = [0, 1, 2].map { Double(Int(Double(base) * pow(2, Double($0) / 3))) }
            var edges: [(x: Double, y: Double)] = []
            for ratio in [0.5, 1, 2] {
                let root = ratio.squareRoot()
                for size in sizes {
                    edges.append(
                        (
                            (size / root / 2).rounded(.toNearestOrEven), (size * root / 2).rounded(.toNearestOrEven)
                        ))
                }
            }
            for row in 0..<grid.rows {
                for column in 0..<grid.columns {
                    for edge in edges {
                        anchors.append(
                            Anchor(
                                row: row, column: column, stride: Self.roundedUp(input.columns, over: grid.columns),
                                x: Double(column * strideX),
                                y: Double(row * strideY), width: 2 * edge.x, height: 2 * edge.y))
                    }
                }
            }
        }
        return AnchorBoxes(anchors: anchors)
    }

    private static func roundedUp(_ extent: Int, over count: Int) -> Int { max(1, (extent + count - 1) / count) }

    /// Returns the sizes of maps that halve from a first stride on, rounded up.
    static func halvingGrids(firstStride: Int, count: Int, input: InputExtent) -> [(rows: Int, columns: Int)] {
        var grid = (
            rows: (input.rows + firstStride - 1) / firstStride,
            columns: (input.columns + firstStride - 1) / firstStride
        )
        return (0..<count).map { _ in
            defer { grid = ((grid.rows + 1) / 2, (grid.columns + 1) / 2) }
            return grid
        }
    }
}
