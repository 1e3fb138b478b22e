import Boxes
import Foundation
import Tensors

extension DetectionTargets {
    /// Renders the targets of one image on a map of `rows x columns` cells.
    ///
    /// A box is clipped to the map (``TargetOptions/clipping``) and dropped when it is empty then, or when an edge is not finite. Its peak is
    /// `exp(-d^2 / 2 sigma^2)` within the square of the radius around the centre cell, where `sigma = (2 radius + 1) / 6`; where peaks of
    /// one class overlap, the higher value is kept.
    ///
    /// Cells that the box of an ignored object covers, even partly (of a point, those up to a cell away), become ``ignoredTarget`` in the
    /// heatmap of its class and in all keypoint heatmaps, unless a peak is there.
    ///
    /// With keypoints, each keypoint that is annotated and inside the map has a peak with the object's radius in its own heatmap. As in
    /// CenterNet, an object whose class has keypoints but that has none annotated keeps its peak, but its box is not learned.
    /// An object that is a point has a peak of ``TargetOptions/points`` in its cell, and is dropped outside the map.
    ///
    /// - Parameters:
    ///   - objectKind: Whether the network detects boxes or points; only ignored objects may be of the other kind.
    ///   - keypointCount: The network's number of keypoints; 0 for none.
    /// - Precondition: every class index is in `0..<classCount`, and an object has no keypoints or `keypointCount`.
    public static func render(
        _ objects: [TargetObject], classCount: Int, objectKind: ObjectKind = .boxes, keypointCount: Int = 0, rows: Int,
        columns: Int, options: TargetOptions = TargetOptions()
    ) -> DetectionTargets {
        var heatmap = Tensor([classCount, rows, columns])
        var keypointHeatmap = Tensor([keypointCount, rows, columns])
        var centers: [Center] = []
        var places: [KeypointTargets.Place] = []
        centers.reserveCapacity(objects.count)
        let pointRadii = objectKind == .points ? options.points.radii(of: objects, classCount: classCount) : []
        for (index, object) in objects.enumerated() {
            precondition(
                (0..<classCount).contains(object.classIndex), "class \(object.classIndex) of \(classCount) classes")
            if object.isIgnored {
                let box = object.ignoredBox
                heatmap.ignore(box, channels: object.classIndex..<object.classIndex + 1)
                keypointHeatmap.ignore(box, channels: 0..<keypointCount)
                continue
            }
            precondition(object.kind == objectKind, "an object of the \(object.kind) among \(objectKind)")
            guard let place = object.place(rows: rows, columns: columns, options: options) else { continue }
            let (center, radius) = (place.center, objectKind == .points ? pointRadii[index] : place.radius)
            heatmap.raisePeak(channel: object.classIndex, row: center.row, column: center.column, radius: radius)
            if keypointCount == 0 || object.keypoints.isEmpty {
                centers.append(center)
                continue
            }
            precondition(
                object.keypoints.count == keypointCount,
                "an object with \(object.keypoints.count) of \(keypointCount) keypoints")
            if object.keypoints.contains(where: \.isAnnotated) { centers.append(center) }
            for place in object.keypointPlaces(around: center, rows: rows, columns: columns) {
                places.append(place)
                keypointHeatmap.raisePeak(channel: place.keypoint, row: place.row, column: place.column, radius: radius)
            }
        }
        var neighbors: [Center] = []
        if options.region > 0 {
            (centers, neighbors) = learnedRegions(of: centers, share: options.region, rows: rows, columns: columns)
        }
        return DetectionTargets(
            heatmap: heatmap, centers: centers, neighbors: neighbors,
            keypoints: keypointCount == 0 ? nil : KeypointTargets(heatmap: keypointHeatmap, places: places),
            objectKind: objectKind)
    }
}

extension TargetObject {
    /// Returns the object's centre on a map of `rows x columns` cells, and the radius of its peak in cells; nil for an object that is
    /// dropped. The radius of a point, which depends on its neighbours, is ``PointRadius``'s, and 0 here.
    package func place(
        rows: Int, columns: Int, options: TargetOptions
    ) -> (center: DetectionTargets.Center, radius: Int)? {
        guard box.isFinite else { return nil }
        if kind == .points { return pointPlace(rows: rows, columns: columns).map { ($0, 0) } }
        let box = options.clipping(box, rows: rows, columns: columns)
        guard !box.isEmpty else { return nil }
        // The centre of the thinnest strip at the border may be rounded onto the border.
        let (column, row) = (min(Int(box.centerX), columns - 1), min(Int(box.centerY), rows - 1))
        let center = DetectionTargets.Center(
            classIndex: classIndex, row: row, column: column, width: Float(box.width), height: Float(box.height),
            offsetX: Float(box.centerX - Double(column)), offsetY: Float(box.centerY - Double(row)))
        let radius = options.radius.radius(
            width: box.width, height: box.height, minimumOverlap: options.minimumOverlap)
        return (center, radius)
    }

    /// What is left out of the loss where the object is ignored.
    fileprivate var ignoredBox: Box<OutputCells> {
        kind == .boxes ? box : Box(centerX: box.centerX, centerY: box.centerY, width: 2, height: 2)
    }

    /// Returns the cell of a point; nil outside the map, whose edges count as inside.
    private func pointPlace(rows: Int, columns: Int) -> DetectionTargets.Center? {
        let (x, y) = (box.centerX, box.centerY)
        guard x >= 0, y >= 0, x <= Double(columns), y <= Double(rows) else { return nil }
        let (column, row) = (min(Int(x), columns - 1), min(Int(y), rows - 1))
        return DetectionTargets.Center(
            classIndex: classIndex, row: row, column: column, width: 0, height: 0, offsetX: Float(x - Double(column)),
            offsetY: Float(y - Double(row)))
    }

    /// Returns the keypoints that are annotated and inside a map of `rows x columns` cells, relative to the object's centre.
    func keypointPlaces(around center: DetectionTargets.Center, rows: Int, columns: Int) -> [KeypointTargets.Place] {
        keypoints.enumerated().compactMap { index, keypoint in
            // Comparisons in this form leave out NaN.
            guard keypoint.isAnnotated, keypoint.x >= 0, keypoint.x < Double(columns), keypoint.y >= 0,
                keypoint.y < Double(rows)
            else { return nil }
            let (column, row) = (Int(keypoint.x), Int(keypoint.y))
            return KeypointTargets.Place(
                keypoint: index, centerRow: center.row, centerColumn: center.column,
                displacementX: Float(keypoint.x - Double(center.column)),
                displacementY: Float(keypoint.y - Double(center.row)), row: row, column: column,
                offsetX: Float(keypoint.x - Double(column)), offsetY: Float(keypoint.y - Double(row)))
        }
    }
}

extension Tensor {
    /// Raises a `[channel, row, column]` map to at least a Gaussian around one cell.
    fileprivate mutating func raisePeak(channel: Int, row: Int, column: Int, radius: Int) {
        let (rows, columns) = (shape[1], shape[2])
        let sigma = Double(2 * radius + 1) / 6
        // The Gaussian is a product of one factor per axis.
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

    /// Raises the cells under a box to ``DetectionTargets/ignoredTarget``.
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
