import Evaluation
import Foundation
import Pages

extension RunReport {
    /// Average precision of each class with its best threshold, and COCO's metrics.
    var figures: [HTML] {
        let report = metrics.report
        if let points = report.points { return figures(of: points) }
        let rows = metrics.classNames.enumerated().map { index, name in
            let precisions = [report.perClassAP, report.perClassAP50, report.voc2007.perClass, report.voc2010.perClass]
            let best = report.precisionRecall[index].best
            return [name, "\(report.perClassObjectCount[index])"] + precisions.map { figure($0[index]) }
                + [best?.score, best?.precision, best?.recall].map { figure($0 ?? -1) }
        }
        let all =
            ["all", "\(report.objectCount)"]
            + [report.AP, report.AP50, report.voc2007.mAP, report.voc2010.mAP].map(figure) + ["", "", ""]
        let heading = [
            "class", "objects", "AP", "AP50", "VOC 2007", "VOC 2010", "best threshold", "precision", "recall",
        ]
        return [
            .element(
                "p", "",
                "On \(report.imageCount) images of \(validationName). The best threshold is the "
                    + "score with the highest F1; precision and recall are those at this threshold."),
            .table(heading, rows + [all]),
            .table(
                ["COCO"] + report.cocoNumbers.map(\.name),
                [["all classes"] + report.cocoNumbers.map { figure($0.value) }]),
        ] + keypointFigures
    }

    private var validationName: String {
        let dataset = experiment.dataset
        return dataset.folds.map { "fold \(dataset.fold) of \($0)" } ?? "the split \(dataset.validationSplit)"
    }

    /// The metrics of points.
    private func figures(of points: PointReport) -> [HTML] {
        let (heading, rows) = points.rows(classNames: metrics.classNames)
        let images = "On \(points.imageCount) images of \(validationName): "
        return [.element("p", "", images + points.description + "."), .table(heading, rows)]
    }

    /// COCO's metrics for keypoints, if there are any.
    private var keypointFigures: [HTML] {
        guard let pose = metrics.report.pose else { return [] }
        return [
            .element("h3", "", "Keypoints"),
            .element(
                "p", "",
                "By object keypoint similarity (COCO's OKS) instead of the overlap of boxes, with at most 20 detections per "
                    + "image; the best weights are those with the highest AP of keypoints."),
            .table(["COCO"] + pose.numbers.map(\.name), [["all classes"] + pose.numbers.map { figure($0.value) }]),
        ]
    }

    /// The number of detections by verdict, and of missed objects.
    var verdicts: [HTML] {
        let split = images.split
        let verdicts = ImageReview.Verdict.allCases
        func row(_ name: String, _ classIndex: Int?) -> [String] {
            [name] + verdicts.map { "\(split.count($0, classIndex: classIndex))" }
                + ["\(split.missedCount(classIndex: classIndex))"]
        }
        let rows = metrics.classNames.enumerated().map { row($1, $0) }
        return [
            .element(
                "p", "",
                "Detections with a score of \(threshold) or more by verdict, and the objects that none of them found."
            ),
            .table(["class"] + verdicts.map(\.name) + ["missed"], rows + [row("all", nil)]),
        ]
    }

    /// The confusion matrix.
    var confusion: [HTML] {
        let names = metrics.classNames
        let counts = images.confusion.counts
        let heading = HTML.element(
            "tr", "",
            (["object"] + names.map { "as \($0)" } + ["missed"]).map { HTML.element("th", "scope=\"col\"", $0) })
        let rows = zip(names + ["no object left"], counts).map { name, row in
            let total = max(1, row.reduce(0, +))
            return HTML.element(
                "tr", "",
                [HTML.element("th", "scope=\"row\"", name)]
                    + row.map { count in
                        let share = 70 * count / total
                        return HTML.element(
                            "td", "style=\"background: color-mix(in srgb, var(--accent) \(share)%, transparent)\"",
                            "\(count)")
                    })
        }
        return [
            .element("h3", "", "Confusion matrix"),
            .element(
                "p", "",
                "Each object with the class of the box that was found on it. The last row counts boxes for which no object was left: false "
                    + "positives, badly placed boxes, and further boxes on an object that a box with a higher score has taken already, of "
                    + "whatever class. It is therefore not the number of false positives above, which are on no object at all."
            ),
            .element("div", "class=\"scrolling\"", [.element("table", "", [heading] + rows)]),
        ]
    }

    /// The formatted threshold.
    var threshold: String { String(format: "%.2f", experiment.outputs.threshold) }
}

extension ImageReview.Verdict {
    /// The verdict's name in the report.
    var name: String {
        switch self {
        case .matched: "found"
        case .duplicate: "duplicate"
        case .poorlyLocalized: "poorly localized"
        case .wrongClass: "wrong class"
        case .falsePositive: "false positive"
        case .ignored: "not counted"
        }
    }
}
