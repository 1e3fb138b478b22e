import Boxes
import Inspection
import JSON
import PeakDecoding
import Tensors

/// What is kept of a frame: some numbers; its image and map are on the disk.
struct SequenceRecord {
    /// What became of the frame.
    enum Outcome {
        case found(Finding)
        case lost(Follower.LossReason)
        case unreadable(String)
    }

    /// The object in a frame, and why it was found.
    struct Finding {
        let index: Int
        let detection: Detection<ImagePixels>
        let heat: Heat
    }

    /// What is known of a frame's map.
    struct Heat {
        /// The lowest and highest number; nil when there is only one, or none that is finite.
        let range: ClosedRange<Float>?
        let flatNote: String?
        let imageToCells: AffineMap<ImagePixels, MapCells>
        /// The centre of mass of the shown map, in image pixels; nil when it is flat.
        let center: (x: Double, y: Double)?

        init(_ map: FrameInspector.Map) {
            let shown = rectified(map.cells)
            range = map.cells.spread
            imageToCells = map.imageToCells
            flatNote = map.flatNote ?? (shown.spread == nil ? "flat: this layer does not reach the target" : nil)
            center = flatNote == nil ? shown.centerOfMass.flatMap { map.imageToCells.inverse?(x: $0.x, y: $0.y) } : nil
        }

        /// The highest number of the map as it is shown; 0 when it is flat.
        var peak: Float { flatNote == nil ? max(0, range?.upperBound ?? 0) : 0 }
    }

    /// Its number in the source; nil when it could not be read.
    let number: Int?
    let name: String
    let outcome: Outcome
    /// How sure the network is of the object; nil where it is not.
    let score: Double?
    /// The highest number of the map as it is shown; nil without one.
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
    /// Where the numbers of `[row, column]` above the smallest have their centre of mass, in cells (cell `i` has its centre at
    /// `i + ½`); nil when none is above another.
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
