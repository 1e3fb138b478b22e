import Foundation
import PeakDecoding

extension DecodingExplanation {
    /// Returns a sentence that says why an object was missed.
    public func sentence(_ miss: Miss, classNames: [String]) -> String {
        let box = miss.object.box
        let size = objectKind == .points ? "" : ", \(whole(box.width)) x \(whole(box.height)) pixels"
        let who = "\(classNames[miss.object.classIndex]) at (\(whole(box.centerX)), \(whole(box.centerY)))\(size)"
        return "\(who): \(because(miss, classNames))."
    }

    /// Returns the reason in a few words with its most telling number, for a label.
    public func label(_ miss: Miss, classNames: [String]) -> String {
        switch miss.reason {
        case .outsideMap, .notFinite: miss.reason.kind.title
        case .shared where objectKind == .points: "shares a detection"
        case .wrongSize where objectKind == .points: "too far away"
        case .shared(_, let overlap): "shares a detection (IoU \(decimals(overlap)))"
        case .beyondLimit(let peak): "rank \(trace.candidates[peak].rank) > \(trace.limit)"
        case .wrongSize(_, let overlap): "wrong size (IoU \(decimals(overlap)))"
        case .suppressed(let cell, _): "suppressed (\(decimals(cell.probability)))"
        case .otherClass(let peak, _):
            "\(classNames[trace.candidates[peak].cell.classIndex]) there (\(decimals(height(peak))))"
        case .belowThreshold(let peak): "peak \(thousandths(height(peak))) < \(plain(trace.threshold))"
        case .noPeak(let highest): "no peak (\(decimals(highest.probability)))"
        }
    }

    private func because(_ miss: Miss, _ classNames: [String]) -> String {
        switch miss.reason {
        case .outsideMap:
            return "its target lies outside the map, so no network could learn it"
        case .shared(let candidate, _) where objectKind == .points:
            return "the detection of rank \(trace.candidates[candidate].rank) is near it, but found another object"
        case .wrongSize(let candidate, _) where objectKind == .points:
            return
                "too far away: the peak of rank \(trace.candidates[candidate].rank) at \(place(candidate)) is off by "
                + "\(distance(candidate, miss)) cells"
        case .shared(let candidate, let overlap):
            return
                "the detection of rank \(trace.candidates[candidate].rank) covers it (overlap \(decimals(overlap))), "
                + "but was scored against another object, which it covers more"
        case .beyondLimit(let candidate):
            return "its peak (\(decimals(height(candidate))) at \(place(candidate))) has rank "
                + "\(trace.candidates[candidate].rank), beyond the limit of \(trace.limit)"
        case .wrongSize(let candidate, let overlap):
            return
                "wrong size: the peak of rank \(trace.candidates[candidate].rank) at \(place(candidate)) has a box of "
                + "\(sizes(candidate, miss)), whose overlap is \(decimals(overlap))"
        case .notFinite(let candidate):
            return "its peak (\(decimals(height(candidate))) at \(place(candidate))) has a size or offset that is "
                + "not finite"
        case .suppressed(let cell, let peak):
            return suppressed(cell, peak)
        case .otherClass(let candidate, let own):
            let name = classNames[trace.candidates[candidate].cell.classIndex]
            return
                "another class: there is a peak of \(name), \(decimals(height(candidate))) at \(place(candidate)), where "
                + "its own class reaches \(decimals(own.probability))"
        case .belowThreshold(let candidate):
            return "its peak, \(thousandths(height(candidate))) at \(place(candidate)), is below the threshold of "
                + plain(trace.threshold)
        case .noPeak(let highest):
            let center = miss.center.map { "row \($0.row), column \($0.column)" } ?? "its centre"
            return "no peak near its centre (\(center)): the highest probability there is "
                + figure(highest.probability)
        }
    }

    private func suppressed(_ cell: DecodingTrace.Cell, _ peak: Int?) -> String {
        let here = "\(decimals(cell.probability)) at row \(cell.row), column \(cell.column)"
        guard let peak else { return "suppressed by a neighbour: \(here) is not a peak" }
        let candidate = trace.candidates[peak]
        let fate =
            switch verdicts()[peak] {
            case .matched?: "which found another object"
            case .duplicate?: "which found another object a second time"
            case .poorlyLocalized?: "whose box is poorly localized"
            case .wrongClass?: "which lies on an object of another class"
            case .falsePositive?: "which is a false positive"
            case .ignored?: "which lies on a difficult object"
            case nil: "which was not kept"
            }
        if candidate.cell == cell {
            return "its centre lies at the peak of rank \(candidate.rank) (\(here)), \(fate)"
        }
        return "suppressed by a neighbour: \(here) is on the slope of the peak of rank \(candidate.rank) "
            + "(\(decimals(candidate.cell.probability)) at \(place(peak))), \(fate)"
    }

    /// The predicted and the true size, and the distance between the centres, in cells.
    private func sizes(_ index: Int, _ miss: Miss) -> String {
        let candidate = trace.candidates[index]
        var text = "\(tenths(candidate.width)) x \(tenths(candidate.height)) cells"
        if let center = miss.center {
            let right = candidate.box.centerX - Double(center.column) - Double(center.offsetX)
            let down = candidate.box.centerY - Double(center.row) - Double(center.offsetY)
            text += " for an object of \(tenths(center.width)) x \(tenths(center.height)), its centre off by "
            text += "(\(tenths(right)), \(tenths(down)))"
        }
        return text
    }

    /// The distance between the predicted and the true point, in cells.
    private func distance(_ index: Int, _ miss: Miss) -> String {
        tenths(trace.candidates[index].box.centerDistance(to: imageToCells(miss.object.box)))
    }

    private func height(_ index: Int) -> Float { trace.candidates[index].cell.probability }

    private func place(_ index: Int) -> String {
        let cell = trace.candidates[index].cell
        return "row \(cell.row), column \(cell.column)"
    }
}

func decimals(_ value: some BinaryFloatingPoint) -> String { String(format: "%.2f", Double(value)) }
func tenths(_ value: some BinaryFloatingPoint) -> String { String(format: "%.1f", Double(value)) }
func thousandths(_ value: Float) -> String { String(format: "%.3f", value) }
func plain(_ value: Double) -> String { String(format: "%g", value) }
func whole(_ value: Double) -> String {
    // Avoids a negative zero.
    String(format: "%.0f", value.rounded() == 0 ? 0 : value)
}
/// Two significant digits, for probabilities that may be tiny.
private func figure(_ value: Float) -> String { String(format: value >= 0.095 ? "%.2f" : "%.2g", Double(value)) }
