import Boxes
import Foundation
import Markup

/// A CVAT shape, to be converted to a box. Its coordinates are continuous and count from 0.
struct CVATShape {
    let line: Int
    private let element: XMLReader.Element
    private let number: Int
    private let file: URL

    init(_ element: XMLReader.Element, number: Int, line: Int, file: URL) {
        self.element = element
        self.number = number
        self.line = line
        self.file = file
    }

    /// Returns the class name.
    func name() throws(DatasetProblem) -> String {
        guard let name = element["label"]?.trimmingWhiteSpace(), !name.isEmpty else {
            throw problem(.missingField, "the <\(element.name.prefix(40))> has no label")
        }
        return name
    }

    /// Returns the places of the shape's objects, and the shape from which they were computed: each of `<points>` is an object of its own.
    ///
    /// - Parameter points: The points of the shape's child elements.
    func places(points: [String]) throws(DatasetProblem) -> (boxes: [Box<ImagePixels>], origin: RawObject.Origin) {
        guard element.name == "points" else {
            let (box, origin) = try box(points: points)
            return ([box], origin)
        }
        let (xs, ys) = try coordinates([try attribute("points")])
        if xs.isEmpty { throw problem(.missingField, "the <points> has no points") }
        return (zip(xs, ys).map { Box(pointX: $0, y: $1) }, .point)
    }

    /// Returns the box around the shape, and the shape from which it was computed.
    private func box(points: [String]) throws(DatasetProblem) -> (Box<ImagePixels>, RawObject.Origin) {
        switch element.name {
        case "box": return try box()
        case "polygon": return (try enclosing([try attribute("points")]), .polygon)
        case "skeleton": return (try enclosing(points), .polygon)
        case "polyline":
            throw problem(
                .emptyBox, "it is a <\(element.name)>, which has no area (draw a rectangle or a polygon instead)")
        case "ellipse":
            let (x, y) = (try number("cx"), try number("cy"))
            let (width, height) = (try 2 * number("rx"), try 2 * number("ry"))
            return (turned(Box(centerX: x, centerY: y, width: width, height: height), by: try angle()), .polygon)
        case "mask":
            let (left, top) = (try number("left"), try number("top"))
            let (width, height) = (try number("width"), try number("height"))
            return (Box(xMin: left, yMin: top, xMax: left + width, yMax: top + height), .mask)
        case "cuboid": return (try cuboid(), .polygon)
        default: throw problem(.missingField, "<\(element.name.prefix(40))> is not a supported shape")
        }
    }

    private func box() throws(DatasetProblem) -> (Box<ImagePixels>, RawObject.Origin) {
        let (x0, y0) = (try number("xtl"), try number("ytl"))
        let (x1, y1) = (try number("xbr"), try number("ybr"))
        let box = Box<ImagePixels>(xMin: min(x0, x1), yMin: min(y0, y1), xMax: max(x0, x1), yMax: max(y0, y1))
        let angle = try angle()
        return angle == 0 ? (box, .box) : (turned(box, by: angle), .rotatedBox)
    }

    /// Returns the rotation in radians.
    private func angle() throws(DatasetProblem) -> Double {
        element["rotation"] == nil ? 0 : try number("rotation") * .pi / 180
    }

    /// Returns the box around a rotated ellipse or rectangle.
    private func turned(_ box: Box<ImagePixels>, by angle: Double) -> Box<ImagePixels> {
        if angle == 0 { return box }
        if element.name == "ellipse" {
            let (c, s) = (cos(angle), sin(angle))
            return Box(
                centerX: box.centerX, centerY: box.centerY, width: hypot(box.width * c, box.height * s),
                height: hypot(box.width * s, box.height * c))
        }
        return .enclosing(
            centerX: box.centerX, centerY: box.centerY, width: box.width, height: box.height, angle: angle)
    }

    /// Returns the box around a cuboid, whose eight corners are attributes: `xtl1`, `ytl1`, `xbl1` and so on.
    private func cuboid() throws(DatasetProblem) -> Box<ImagePixels> {
        var (xs, ys): ([Double], [Double]) = ([], [])
        for attribute in element.attributes where attribute.name.utf8.count == 4 {
            guard attribute.name.last == "1" || attribute.name.last == "2" else { continue }
            if attribute.name.first == "x" { xs.append(try number(attribute.name)) }
            if attribute.name.first == "y" { ys.append(try number(attribute.name)) }
        }
        guard let box = Box<ImagePixels>.enclosing(xs: xs, ys: ys) else {
            throw problem(.missingField, "the <cuboid> has no corners")
        }
        return box
    }

    /// Returns the box around points of the form `x,y;x,y`.
    private func enclosing(_ texts: [String]) throws(DatasetProblem) -> Box<ImagePixels> {
        let (xs, ys) = try coordinates(texts)
        guard let box = Box<ImagePixels>.enclosing(xs: xs, ys: ys) else {
            throw problem(.missingField, "the <\(element.name)> has no points")
        }
        return box
    }

    /// Reads points of the form `x,y;x,y`.
    private func coordinates(_ texts: [String]) throws(DatasetProblem) -> (xs: [Double], ys: [Double]) {
        var (xs, ys): ([Double], [Double]) = ([], [])
        for text in texts {
            for point in text.utf8.split(separator: UInt8(ascii: ";")) {
                let parts = point.split(separator: UInt8(ascii: ",")).map { Substring($0) }
                guard parts.count == 2, let x = plainNumber(parts[0].trimmed), let y = plainNumber(parts[1].trimmed)
                else {
                    throw problem(
                        .notANumber, "one of its points is '\(Substring(point).prefix(40))' instead of x,y")
                }
                xs.append(x)
                ys.append(y)
            }
        }
        return (xs, ys)
    }

    private func attribute(_ name: String) throws(DatasetProblem) -> String {
        guard let text = element[name] else {
            throw problem(.missingField, "the <\(element.name)> has no '\(name)'")
        }
        return text
    }

    private func number(_ name: String) throws(DatasetProblem) -> Double {
        let text = try attribute(name)
        guard let value = plainNumber(text.trimmingWhiteSpace()) else {
            throw problem(.notANumber, "'\(name)' is '\(text.prefix(40))', which is not a finite number")
        }
        return value
    }

    private func problem(_ rule: DatasetRule, _ message: String) -> DatasetProblem {
        DatasetProblem(file: file, object: number, line: line, rule: rule, message: "\(message); it was left out")
    }
}

extension Substring {
    /// The text without spaces at its ends.
    fileprivate var trimmed: Substring {
        guard utf8.first == 0x20 || utf8.last == 0x20 else { return self }
        return Substring(String(self).trimmingWhiteSpace())
    }
}
