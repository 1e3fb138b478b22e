import Boxes
import Evaluation
import JSON
import PeakDecoding

extension DecodingExplanation {
    /// Returns the explanation as JSON: peaks that reach the threshold or are within the limit, suppressed cells, objects, and misses with
    /// their reasons. Boxes are `[xMin, yMin, xMax, yMax]`; non-finite numbers are null.
    public func json(classNames: [String]) -> JSONValue {
        let (counts, verdicts) = (suppressedCounts(), verdicts())
        let shown = trace.candidates.filter { $0.rank <= trace.limit || $0.outcome != .belowThreshold }
        let candidates = shown.map { candidate in
            let index = candidate.rank - 1
            var fields: [(String, JSONValue)] = [("rank", .integer(candidate.rank))] + cell(candidate.cell, classNames)
            fields += [
                ("suppressedCells", .integer(counts[index])),
                ("offset", .array([number(candidate.offsetX), number(candidate.offsetY)])),
                ("size", .array([number(candidate.width), number(candidate.height)])),
                ("cellBox", corners(candidate.box)),
                ("box", imageToCells.inverse.map { corners(candidate.detection.mapped(by: $0).box) } ?? .null),
                ("outcome", .string(candidate.outcome.rawValue)),
            ]
            if let verdict = verdicts[index] { fields.append(("verdict", .string(verdict.rawValue))) }
            return JSONValue.object(JSONObject(fields))
        }
        let suppressed = trace.suppressed.map { suppressed in
            JSONValue.object(
                JSONObject(
                    cell(suppressed.cell, classNames) + [
                        ("winner", .object(JSONObject(cell(suppressed.winner, classNames)))),
                        ("peakRank", suppressed.peak.map { .integer($0 + 1) } ?? .null),
                    ]))
        }
        var fields: [(String, JSONValue)] = [
            ("threshold", .number(trace.threshold)), ("limit", .integer(trace.limit)),
            ("imageToCells", transform), ("peakCount", .integer(trace.candidates.count)),
            ("peaks", .array(candidates)), ("suppressed", .array(suppressed)),
        ]
        if let review {
            fields += [
                ("objects", .array(objects.map { object($0, classNames) })), ("found", .integer(review.matchedCount)),
                ("misses", .array(misses.map { miss($0, classNames) })),
            ]
        }
        return .object(JSONObject(fields))
    }

    private var transform: JSONValue {
        .object(
            JSONObject([
                ("scaleX", .number(imageToCells.a)), ("scaleY", .number(imageToCells.d)),
                ("shiftX", .number(imageToCells.tx)), ("shiftY", .number(imageToCells.ty)),
            ]))
    }

    private func cell(_ cell: DecodingTrace.Cell, _ classNames: [String]) -> [(String, JSONValue)] {
        [
            ("class", .string(classNames[cell.classIndex])), ("row", .integer(cell.row)),
            ("column", .integer(cell.column)), ("probability", number(cell.probability)),
        ]
    }

    private func object(_ object: GroundTruthBox, _ classNames: [String]) -> JSONValue {
        .object(
            JSONObject([
                ("class", .string(classNames[object.classIndex])), ("box", corners(object.box)),
                ("difficult", .bool(object.difficult)), ("crowd", .bool(object.crowd)),
            ]))
    }

    private func miss(_ miss: Miss, _ classNames: [String]) -> JSONValue {
        var fields: [(String, JSONValue)] = [
            ("class", .string(classNames[miss.object.classIndex])), ("box", corners(miss.object.box)),
            ("reason", .string(miss.reason.kind.rawValue)),
            ("sentence", .string(sentence(miss, classNames: classNames))),
        ]
        if let center = miss.center {
            fields += [
                ("row", .integer(center.row)), ("column", .integer(center.column)),
                ("size", .array([number(center.width), number(center.height)])),
                ("offset", .array([number(center.offsetX), number(center.offsetY)])),
                ("radius", .integer(miss.radius)),
            ]
        }
        if let candidate = miss.reason.candidate { fields.append(("peakRank", .integer(candidate + 1))) }
        switch miss.reason {
        case .suppressed(let cell, _), .noPeak(let cell), .otherClass(_, let cell):
            fields.append(("highest", .object(JSONObject(self.cell(cell, classNames)))))
        case .shared(_, let overlap), .wrongSize(_, let overlap): fields.append(("overlap", .number(overlap)))
        case .outsideMap, .beyondLimit, .notFinite, .belowThreshold: break
        }
        return .object(JSONObject(fields))
    }

    private func corners<Space>(_ box: Box<Space>) -> JSONValue {
        .array([box.xMin, box.yMin, box.xMax, box.yMax].map { number($0) })
    }

    private func number(_ value: some BinaryFloatingPoint) -> JSONValue {
        value.isFinite ? .number(Double(value)) : .null
    }
}
