import Foundation
import Tensors

extension AveragePrecisionReport {
    /// COCO's twelve metrics with their names.
    public var cocoNumbers: [(name: String, value: Double)] {
        [
            ("AP", AP), ("AP50", AP50), ("AP75", AP75), ("APsmall", APsmall), ("APmedium", APmedium),
            ("APlarge", APlarge), ("AR1", AR1), ("AR10", AR10), ("AR100", AR100), ("ARsmall", ARsmall),
            ("ARmedium", ARmedium), ("ARlarge", ARlarge),
        ]
    }

    /// Returns the report as a table for a terminal: one row per class, a row for all classes, and COCO's metrics by size below. Undefined
    /// values are `-`.
    public func table(classNames: [String]) -> String {
        checkCount(classNames)
        if let points { return points.table(classNames: classNames) }
        var rows = [["class", "objects", "AP", "AP50", "VOC 2007", "VOC 2010"]]
        for (index, name) in classNames.enumerated() {
            rows.append(
                [name, String(perClassObjectCount[index])]
                    + [perClassAP, perClassAP50, voc2007.perClass, voc2010.perClass].map { figure($0[index]) })
        }
        rows.append(["all", String(objectCount)] + [AP, AP50, voc2007.mAP, voc2010.mAP].map(figure))
        let sizes = [
            ["", "all", "small", "medium", "large"],
            ["AP"] + [AP, APsmall, APmedium, APlarge].map(figure),
            ["AR"] + [AR100, ARsmall, ARmedium, ARlarge].map(figure),
        ]
        let rest = "AP75 \(figure(AP75))   AR1 \(figure(AR1))   AR10 \(figure(AR10))   AR100 \(figure(AR100))"
        let images = "\(imageCount) \(imageCount == 1 ? "image" : "images")"
        var parts = [textTable(rows), textTable(sizes), rest + "   (\(images))"]
        if let pose { parts.append(textTable(pose.rows)) }
        return parts.joined(separator: "\n\n")
    }

    func checkCount(_ classNames: [String]) {
        precondition(
            classNames.count == perClassAP.count, "\(classNames.count) names for \(perClassAP.count) classes")
    }
}

/// A metric from 0 to 1, or a dash where it is undefined.
package func figure(_ value: Double) -> String { value < 0 ? "-" : String(format: "%.3f", value) }
