/// A closed curve around a part of an object, in the object's own coordinates.
package struct Outline: Sendable {
    enum Shape: Sendable {
        /// A straight stroke with round ends, whose radius may differ between its ends.
        case stroke(from: Point, to: Point, startRadius: Double, endRadius: Double)
        /// An ellipse; `axis` is the direction of its first radius.
        case ellipse(center: Point, axis: Point, radii: Point)
        /// A polygon, made larger by the radius of its round corners.
        case polygon([Point], rounding: Double)
        /// A curve that each ray from the centre crosses once.
        case radial(center: Point, RadiusTable)
    }

    var shape: Shape
    /// Whether the inside is taken away from the outlines before it.
    var isHole = false

    /// Returns this outline as a hole.
    package var asHole: Outline { Outline(shape: shape, isHole: true) }

    package static func stroke(_ from: Point, _ to: Point, _ radius: Double, _ endRadius: Double? = nil) -> Outline {
        Outline(shape: .stroke(from: from, to: to, startRadius: radius, endRadius: endRadius ?? radius))
    }

    package static func ellipse(_ center: Point, _ radii: Point, axis: Point = [1, 0]) -> Outline {
        Outline(shape: .ellipse(center: center, axis: axis, radii: radii))
    }

    package static func disc(_ center: Point, _ radius: Double) -> Outline { ellipse(center, [radius, radius]) }

    package static func polygon(_ corners: [Point], rounding: Double = 0) -> Outline {
        Outline(shape: .polygon(corners, rounding: rounding))
    }

    package static func radial(_ center: Point = .zero, radius: (_ direction: Point) -> Double) -> Outline {
        Outline(shape: .radial(center: center, RadiusTable(radius)))
    }

    /// Returns the strokes along a line of points; the radius changes evenly from its start to its end.
    package static func path(_ points: [Point], _ radius: Double, _ endRadius: Double? = nil) -> [Outline] {
        let count = Double(max(1, points.count - 1))
        let growth = ((endRadius ?? radius) - radius) / count
        return points.indices.dropLast().map { index in
            let start = radius + growth * Double(index)
            return stroke(points[index], points[index + 1], start, start + growth)
        }
    }

    /// The corners of the smallest upright box around the outline.
    package var bounds: (low: Point, high: Point) {
        switch shape {
        case .stroke(let from, let to, let startRadius, let endRadius):
            let (start, end) = (Point(repeating: startRadius), Point(repeating: endRadius))
            return (pointwiseMin(from - start, to - end), pointwiseMax(from + start, to + end))
        case .ellipse(let center, let axis, let radii):
            let (first, second) = (axis * radii.x, Point(-axis.y, axis.x) * radii.y)
            let reach = Point(Point(first.x, second.x).length, Point(first.y, second.y).length)
            return (center - reach, center + reach)
        case .polygon(let corners, let rounding):
            let low = corners.reduce(corners[0], pointwiseMin)
            let high = corners.reduce(corners[0], pointwiseMax)
            let reach = Point(repeating: rounding)
            return (low - reach, high + reach)
        case .radial(let center, let table):
            return (center + table.bounds.low, center + table.bounds.high)
        }
    }

    /// Returns the outline moved and then scaled.
    func moved(by shift: Point, scaledBy scale: Double) -> Outline {
        func place(_ point: Point) -> Point { (point + shift) * scale }
        let moved: Shape =
            switch shape {
            case .stroke(let from, let to, let startRadius, let endRadius):
                .stroke(
                    from: place(from), to: place(to), startRadius: startRadius * scale, endRadius: endRadius * scale)
            case .ellipse(let center, let axis, let radii):
                .ellipse(center: place(center), axis: axis, radii: radii * scale)
            case .polygon(let corners, let rounding): .polygon(corners.map(place), rounding: rounding * scale)
            case .radial(let center, let table): .radial(center: place(center), table.scaled(by: scale))
            }
        return Outline(shape: moved, isHole: isHole)
    }
}
