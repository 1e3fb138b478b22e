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
    /// Cells that the box of an ignored object covers, in part or whole, become ``ignoredTarget`` on the map of its class, and on
    /// those of all joints, unless a peak is there.
    ///
    /// With joints, each one that is annotated and inside the map has a peak of the object's radius on a map of its kind. As in
    /// CenterNet, an object that should have joints, and of which none is annotated, has its peak, and its box is not learned.
    ///
    /// - Parameter jointCount: How many joints the network answers with; 0 for none.
    /// - Precondition: every class index is in `0..<classCount`, and an object has no joints or `jointCount`.
    public static func render(
        _ objects: [TargetObject], classCount: Int, jointCount: Int = 0, rows: Int, columns: Int,
        options: TargetOptions = TargetOptions()
    ) -> DetectionTargets {
        var heatmap = Tensor([classCount, rows, columns])
        var jointHeatmap = Tensor([jointCount, rows, columns])
        var centers: [Center] = []
        var places: [JointTargets.Place] = []
        centers.reserveCapacity(objects.count)
        for object in objects {
            precondition(
                (0..<classCount).contains(object.classIndex), "class \(object.classIndex) of \(classCount) classes")
            if object.isIgnored {
                heatmap.ignore(object.box, channels: object.classIndex..<object.classIndex + 1)
                jointHeatmap.ignore(object.box, channels: 0..<jointCount)
                continue
            }
            guard let (center, radius) = object.place(rows: rows, columns: columns, options: options) else { continue }
            heatmap.raisePeak(channel: object.classIndex, row: center.row, column: center.column, radius: radius)
            if jointCount == 0 || object.joints.isEmpty {
                centers.append(center)
                continue
            }
            precondition(
                object.joints.count == jointCount, "an object with \(object.joints.count) of \(jointCount) joints")
            if object.joints.contains(where: \.isAnnotated) { centers.append(center) }
            for place in object.jointPlaces(around: center, rows: rows, columns: columns) {
                places.append(place)
                jointHeatmap.raisePeak(channel: place.joint, row: place.row, column: place.column, radius: radius)
            }
        }
        return DetectionTargets(
            heatmap: heatmap, centers: centers,
            joints: jointCount == 0 ? nil : JointTargets(heatmap: jointHeatmap, places: places))
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

    /// The joints that are annotated and inside a map of `rows x columns` cells, seen from the object's centre.
    func jointPlaces(around center: DetectionTargets.Center, rows: Int, columns: Int) -> [JointTargets.Place] {
        joints.enumerated().compactMap { index, joint in
            // Comparisons in this form leave out what is not a number.
            guard joint.isAnnotated, joint.x >= 0, joint.x < Double(columns), joint.y >= 0, joint.y < Double(rows)
            else { return nil }
            let (column, row) = (Int(joint.x), Int(joint.y))
            return JointTargets.Place(
                joint: index, centerRow: center.row, centerColumn: center.column,
                displacementX: Float(joint.x - Double(center.column)),
                displacementY: Float(joint.y - Double(center.row)), row: row, column: column,
                offsetX: Float(joint.x - Double(column)), offsetY: Float(joint.y - Double(row)))
        }
    }
}

extension Tensor {
    /// Lifts a `[channel, row, column]` map to at least a Gaussian around one cell.
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

    /// Lifts the cells under a box to ``DetectionTargets/ignoredTarget``.
    fileprivate mutating func ignore(_ box: Box<OutputCells>, channels: Range<Int>) {
        guard box.isFinite else { return }
        let (rows, columns) = (shape[1], shape[2])
        let box = box.clipped(width: Double(columns), height: Double(rows))
        if box.isEmpty { return }
        let (left, right) = (Int(box.xMin), Int(box.xMax.rounded(.up)))
        let (top, bottom) = (Int(box.yMin), Int(box.yMax.rounded(.up)))
        withMutableElements { elements in
            for channel in channels {
                for y in top..<bottom {
                    let start = (channel * rows + y) * columns
                    for x in left..<right {
                        elements[start + x] = max(elements[start + x], DetectionTargets.ignoredTarget)
                    }
                }
            }
        }
    }
}
