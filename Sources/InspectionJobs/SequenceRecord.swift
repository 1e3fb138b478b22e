import Boxes
import Inspection
import JSON
import PeakDecoding
import Tensors

/// The numbers kept of a frame; its image and map are on disk.
struct SequenceRecord {
    /// The outcome of a frame.
    enum Outcome {
        case found(Finding)
        case lost(ObjectTracker.LossReason)
        case unreadable(String)
    }

    /// The object in a frame, with its explanation.
    struct Finding {
        let index: Int
        let detection: Detection<ImagePixels>
        let heat: Heat
    }

    /// Statistics of a frame's map.
    struct Heat {
        /// The minimum and maximum; nil if they are equal or no value is finite.
        let range: ClosedRange<Float>?
        let flatNote: String?
        let imageToCells: AffineMap<ImagePixels, MapCells>
        /// The centre of mass of the shown map, in image pixels; nil if the map is flat.
        let center: (x: Double, y: Double)?

        init(_ map: FrameInspector.Map) {
            let shown = rectified(map.cells)
            range = map.cells.spread
            imageToCells = map.imageToCells
            flatNote =
                map.flatNote ?? (shown.spread == nil ? "flat: this layer does not contribute to the target" : nil)
            center = flatNote == nil ? shown.centerOfMass.flatMap { map.imageToCells.inverse?(x: $0.x, y: $0.y) } : nil
        }

        /// The maximum of the shown map; 0 if it is flat.
        var peak: Float { flatNote == nil ? max(0, range?.upperBound ?? 0) : 0 }
    }

    /// The frame's number in the source; nil if it could not be read.
    let number: Int?
    let name: String
    let outcome: Outcome
    /// The score of the object; nil if it was not found.
    let score: Double?
    /// The maximum of the shown map; nil if there is no map.
    let peak: Float?

    init(number: Int?, name: String, outcome: Outcome) {
        self.number = number
        self.name = name
        self.outcome = outcome
        switch outcome {
        case .found(let finding): (score, peak) = (Double(finding.detection.score), finding.heat.peak)
        case .lost, .unreadable: (score, peak) = (nil, nil)
        }
    }

    /// One line of `sequence.json`.
    func json(_ classNames: [String]) -> JSONValue {
        var object: [(String, JSONValue)] = [
            ("frame", number.map(JSONValue.integer) ?? .null), ("name", .string(name)),
        ]
        switch outcome {
        case .unreadable(let reason): object += [("state", "unreadable"), ("reason", .string(reason))]
        case .lost(let reason): object += [("state", "lost"), ("reason", .string("\(reason)"))]
        case .found(let finding):
            let (detection, heat) = (finding.detection, finding.heat)
            let box = detection.box
            object += [
                ("state", "found"), ("detection", .integer(finding.index)),
                ("class", .string(classNames[detection.classIndex])), ("score", .number(Double(detection.score))),
                ("box", .array([box.xMin, box.yMin, box.xMax, box.yMax].map(JSONValue.number))),
                ("flat", .bool(heat.flatNote != nil)),
                (
                    "range",
                    heat.range.map { .array([.number(Double($0.lowerBound)), .number(Double($0.upperBound))]) } ?? .null
                ),
                ("centerOfHeat", heat.center.map { .array([.number($0.x), .number($0.y)]) } ?? .null),
                ("centerOfBox", .array([.number(box.centerX), .number(box.centerY)])),
                (
                    "heatToBox",
                    heat.center.map {
                        .number(
                            (($0.x - box.centerX) * ($0.x - box.centerX)
                                + ($0.y - box.centerY) * ($0.y - box.centerY)).squareRoot())
                    } ?? .null
                ),
            ]
        }
        return .object(JSONObject(object))
    }
}

extension Tensor {
    /// The centre of mass of `[row, column]` after subtracting the minimum, in cells (cell `i` has its centre at `i + ½`); nil if all
    /// values are equal.
    var centerOfMass: (x: Double, y: Double)? {
        guard let low = spread?.lowerBound else { return nil }
        var (sum, x, y) = (0.0, 0.0, 0.0)
        let columns = shape[1]
        withElements { elements in
            for (index, element) in elements.enumerated() where element.isFinite {
                let mass = Double(element - low)
                sum += mass
                x += mass * (Double(index % columns) + 0.5)
                y += mass * (Double(index / columns) + 0.5)
            }
        }
        return sum > 0 ? (x / sum, y / sum) : nil
    }
}
