import Boxes
import Foundation
import JSON

/// A LabelMe shape, to be converted to a box.
struct LabelMeShape {
    let number: Int
    let line: Int
    let file: URL

    private(set) var isDifficult = false
    private var label: String?
    private var kind = "polygon"
    /// The coordinates of the corners: x and y alternating.
    private var coordinates: [Double] = []
    /// The number of coordinates that are not numbers; nil when there is no list.
    private var strangers: Int?

    init(number: Int, line: Int, file: URL) {
        self.number = number
        self.line = line
        self.file = file
    }

    /// Reads a member.
    mutating func read(_ key: String, _ reader: inout JSONReader) throws(JSONError) {
        switch key {
        case "label": label = try reader.text()
        case "shape_type": kind = try reader.text()?.lowercased() ?? kind
        case "difficult":
            if try reader.kind() == .bool { isDifficult = try reader.bool() }
        case "points":
            guard try reader.kind() == .array else { return }
            var found: [Double] = []
            strangers = try reader.numbers { found.append($0) }
            coordinates = found
        default: break
        }
    }

    func problem(_ rule: DatasetRule, _ message: String) -> DatasetProblem {
        DatasetProblem(file: file, object: number, line: line, rule: rule, message: "\(message); it was left out")
    }

    /// Returns the class name.
    func name() throws(DatasetProblem) -> String {
        guard let name = label?.trimmingWhiteSpace(), !name.isEmpty else {
            throw problem(.missingField, "it has no 'label'")
        }
        return name
    }

    /// Returns the box around the shape, and the shape from which it was computed.
    func box() throws(DatasetProblem) -> (Box<ImagePixels>, RawObject.Origin) {
        guard let strangers, !coordinates.isEmpty || strangers > 0 else {
            throw problem(.missingField, "it has no 'points'")
        }
        if strangers > 0 || coordinates.contains(where: { !isPlace($0) }) {
            throw problem(.notANumber, "its 'points' are not all finite numbers")
        }
        guard coordinates.count.isMultiple(of: 2) else {
            throw problem(.notANumber, "its 'points' are \(coordinates.count) numbers instead of pairs of x and y")
        }
        let xs = stride(from: 0, to: coordinates.count, by: 2).map { coordinates[$0] }
        let ys = stride(from: 1, to: coordinates.count, by: 2).map { coordinates[$0] }
        return try box(xs, ys)
    }

    private func box(_ xs: [Double], _ ys: [Double]) throws(DatasetProblem) -> (Box<ImagePixels>, RawObject.Origin) {
        switch kind {
        case "point", "points":
            guard xs.count == 1 else {
                throw problem(.missingField, "it is a \(kind) with \(xs.count) points instead of one")
            }
            return (Box(pointX: xs[0], y: ys[0]), .point)
        case "line", "linestrip":
            throw problem(.emptyBox, "it is a \(kind), which has no area (draw a rectangle or a polygon instead)")
        case "circle":
            guard xs.count == 2 else {
                throw problem(
                    .missingField, "it is a circle with \(xs.count) points instead of a centre and one on its edge")
            }
            let radius = hypot(xs[1] - xs[0], ys[1] - ys[0])
            return (Box(centerX: xs[0], centerY: ys[0], width: 2 * radius, height: 2 * radius), .polygon)
        case "rectangle", "mask": try require(2, of: xs.count)
        default: try require(3, of: xs.count)
        }
        guard let box = Box<ImagePixels>.enclosing(xs: xs, ys: ys) else {
            throw problem(.missingField, "it has no 'points'")
        }
        switch kind {
        case "rectangle": return (box, .box)
        case "mask": return (box, .mask)
        case "rotation": return (box, isUpright(xs, ys) ? .box : .rotatedBox)
        case "oriented_rectangle": return (box, .rotatedBox)
        default: return (box, .polygon)
        }
    }

    private func require(_ least: Int, of count: Int) throws(DatasetProblem) {
        if count >= least { return }
        throw problem(
            .missingField,
            "it is a \(kind.prefix(40)) with \(count == 1 ? "1 point" : "\(count) points"), but needs \(least)")
    }

    private func isUpright(_ xs: [Double], _ ys: [Double]) -> Bool { Set(xs).count == 2 && Set(ys).count == 2 }
}

extension JSONReader {
    /// Reads text, or a number formatted as text; skips anything else and returns nil.
    mutating func text() throws(JSONError) -> String? {
        switch try kind() {
        case .string: return try string()
        case .number: return plain(try number())
        default: return nil
        }
    }

    /// Reads a number, or text that contains one; skips anything else and returns nil.
    mutating func optionalNumber() throws(JSONError) -> Double? {
        switch try kind() {
        case .number: return try number()
        case .string: return plainNumber(try string().trimmingWhiteSpace())
        default: return nil
        }
    }
}
