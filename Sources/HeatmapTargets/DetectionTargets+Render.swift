import Boxes
import Foundation
import Tensors

extension DetectionTargets {
    /// Draws the targets of one picture on a map of `rows x columns` cells.
    ///
    /// A box is clipped to `[0, columns - 1] x [0, rows - 1]` and dropped when nothing is left of it, or when an edge is
    /// not a number. Its peak is `exp(-d^2 / 2 sigma^2)` within the square of the radius around the centre cell, where
    /// `sigma = (2 radius + 1) / 6`; where peaks of one class meet, the higher value stays.
    ///
    /// - Precondition: every class index is in `0..<classCount`.
    public static func render(
        _ objects: [TargetObject], classCount: Int, rows: Int, columns: Int, options: TargetOptions = TargetOptions()
    ) -> DetectionTargets {
        var heatmap = Tensor([classCount, rows, columns])
        var centers: [Center] = []
        centers.reserveCapacity(objects.count)
        for object in objects {
            precondition(
                (0..<classCount).contains(object.classIndex), "class \(object.classIndex) of \(classCount) classes")
            guard let (center, radius) = object.place(rows: rows, columns: columns, options: options) else { continue }
            centers.append(center)
            heatmap.raisePeak(channel: object.classIndex, row: center.row, column: center.column, radius: radius)
        }
        return DetectionTargets(heatmap: heatmap, centers: centers)
    }
}

extension TargetObject {
    /// The object's centre on a map of `rows x columns` cells, and the radius of its peak in cells; nil for an object that
    /// is dropped.
    package func place(
        rows: Int, columns: Int, options: TargetOptions
    ) -> (center: DetectionTargets.Center, radius: Int)? {
        guard box.isFinite else { return nil }
        let box = box.clipped(width: Double(columns - 1), height: Double(rows - 1))
        guard !box.isEmpty else { return nil }
        let (column, row) = (Int(box.centerX), Int(box.centerY))
        let center = DetectionTargets.Center(
            classIndex: classIndex, row: row, column: column, width: Float(box.width), height: Float(box.height),
            offsetX: Float(box.centerX - Double(column)), offsetY: Float(box.centerY - Double(row)))
        let radius = options.radius.radius(
            width: box.width, height: box.height, minimumOverlap: options.minimumOverlap)
        return (center, radius)
    }
}

extension Tensor {
    /// Lifts a `[class, row, column]` map to at least a Gaussian around one cell.
    fileprivate mutating func raisePeak(channel: Int, row: Int, column: Int, radius: Int) {
        let (rows, columns) = (shape[1], shape[2])
        let sigma = Double(2 * radius + 1) / 6
        // The Gaussian is a product of one factor an axis.
        let reach = min(radius, max(rows, columns))
        let falloff = (0...reach).map { exp(-Double($0 * $0) / (2 * sigma * sigma)) }
        withMutableElements { elements in
            for y in max(0, row - reach)...min(rows - 1, row + reach) {
                let start = (channel * rows + y) * columns
                for x in max(0, column - reach)...min(columns - 1, column + reach) {
                    let value = Float(falloff[abs(y - row)] * falloff[abs(x - column)])
                    if value > elements[start + x] { elements[start + x] = value }
                }
            }
        }
    }
}
