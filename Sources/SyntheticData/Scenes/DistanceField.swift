/// How an object's own coordinates lie in the image.
package struct ObjectFrame: Sendable {
    /// The origin of the object's coordinates and their unit, half the object's longer side, in pixels.
    var center: Point
    var radius: Double
    /// The direction of the object's x axis.
    var axis: Point
    /// Whether the object is mirrored.
    var isMirrored: Bool

    package init(center: Point, radius: Double, axis: Point = [1, 0], isMirrored: Bool = false) {
        (self.center, self.radius, self.axis, self.isMirrored) = (center, radius, axis, isMirrored)
    }

    /// Returns a point of the image in the object's coordinates.
    func local(_ point: Point) -> Point {
        let turned = ((point - center) / radius).turnedBack(by: axis)
        return isMirrored ? [-turned.x, turned.y] : turned
    }

    /// Returns a point of the object in the image.
    func image(_ point: Point) -> Point {
        (isMirrored ? [-point.x, point.y] : point).turned(by: axis) * radius + center
    }
}

/// The signed distances from the outline of a part, in pixels, for a window of the image that may extend beyond its border.
package struct DistanceField {
    package let columns, rows: Range<Int>
    /// The distances, row by row, negative inside.
    package private(set) var values: [Double]

    /// Creates the distances from some outlines: holes are taken away from the outlines before them.
    package init(_ outlines: [Outline], frame: ObjectFrame, columns: Range<Int>, rows: Range<Int>) {
        (self.columns, self.rows) = (columns, rows)
        values = Array(repeating: .infinity, count: columns.count * rows.count)
        for outline in outlines { merge(outline, frame) }
    }

    private mutating func merge(_ outline: Outline, _ frame: ObjectFrame) {
        switch outline.shape {
        case .stroke(let from, let to, let startRadius, let endRadius):
            let along = to - from
            let scale = 1 / max(along.squaredLength, 1e-12)
            merge(outline.isHole, frame) { point in
                let part = min(max((point - from).dot(along) * scale, 0), 1)
                return (point - from - along * part).length - startRadius - (endRadius - startRadius) * part
            }
        case .ellipse(let center, let axis, let radii):
            let (inverse, inverseSquare) = (1 / radii, 1 / (radii * radii))
            let smallest = min(radii.x, radii.y)
            merge(outline.isHole, frame) { point in
                let turned = (point - center).turnedBack(by: axis)
                let (ratio, slope) = ((turned * inverse).length, (turned * inverseSquare).length)
                return slope < 1e-9 ? -smallest : ratio * (ratio - 1) / slope
            }
        case .polygon(let corners, let rounding):
            let sides = corners.indices.map { Side(corners[($0 + corners.count - 1) % corners.count], corners[$0]) }
            merge(outline.isHole, frame) { point in Side.distance(point, to: sides) - rounding }
        case .radial(let center, let table):
            merge(outline.isHole, frame) { point in table.distance(point - center) }
        }
    }

    private mutating func merge(_ isHole: Bool, _ frame: ObjectFrame, _ distance: (Point) -> Double) {
        let origin = frame.local(Point(Double(columns.lowerBound) + 0.5, Double(rows.lowerBound) + 0.5))
        let step = frame.local(frame.center + [1, 0])
        let down = frame.local(frame.center + [0, 1])
        var place = 0
        for row in 0..<rows.count {
            let start = origin + down * Double(row)
            for column in 0..<columns.count {
                let value = distance(start + step * Double(column)) * frame.radius
                values[place] = isHole ? max(values[place], -value) : min(values[place], value)
                place += 1
            }
        }
    }

    /// Adds another part of the same object.
    mutating func unite(with other: DistanceField) {
        for index in values.indices { values[index] = min(values[index], other.values[index]) }
    }

    /// Returns the place of a pixel in ``values``.
    package func index(_ x: Int, _ y: Int) -> Int { (y - rows.lowerBound) * columns.count + x - columns.lowerBound }

    /// Returns the direction away from the part: the gradient, at most 1 long.
    func outwards(_ x: Int, _ y: Int) -> Point {
        let (left, right) = (max(x - 1, columns.lowerBound), min(x + 1, columns.upperBound - 1))
        let (top, bottom) = (max(y - 1, rows.lowerBound), min(y + 1, rows.upperBound - 1))
        let slope = Point(
            (values[index(right, y)] - values[index(left, y)]) / Double(max(1, right - left)),
            (values[index(x, bottom)] - values[index(x, top)]) / Double(max(1, bottom - top)))
        let length = slope.length
        return length > 1 ? slope / length : slope
    }
}

/// A side of a polygon.
private struct Side {
    let start, along: Point
    let scale, slope: Double

    init(_ start: Point, _ end: Point) {
        (self.start, along) = (start, end - start)
        scale = 1 / max(along.squaredLength, 1e-12)
        slope = along.y == 0 ? 0 : along.x / along.y
    }

    /// Returns the distance to the nearest side, negative inside, where a ray crosses the outline an odd number of times.
    static func distance(_ point: Point, to sides: [Side]) -> Double {
        var nearest = Double.infinity
        var isInside = false
        for side in sides {
            let offset = point - side.start
            let part = min(max(offset.dot(side.along) * side.scale, 0), 1)
            nearest = min(nearest, (offset - side.along * part).squaredLength)
            if (side.start.y > point.y) != (side.start.y + side.along.y > point.y), offset.x < offset.y * side.slope {
                isInside.toggle()
            }
        }
        return isInside ? -nearest.squareRoot() : nearest.squareRoot()
    }
}
