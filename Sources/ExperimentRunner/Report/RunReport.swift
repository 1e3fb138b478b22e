import DetectionHeads
import Evaluation
import Experiments
import Foundation
import Pages
import Tensors
import Training
import Visualization

/// A self-contained page about a run: metrics, curves, images, settings.
struct RunReport {
    let experiment: Experiment
    let folder: RunFolder
    let metrics: RunMetrics
    let images: ReviewedImages

    func write() throws {
        var page = ReportPage(title: experiment.name, subtitle: subtitle)
        page.add([.cards(cards)])
        page.add("Training and validation", [.element("div", "class=\"plots\"", try plots().map(HTML.plot))])
        page.add("Metrics", figures)
        page.add("Detections and errors", verdicts + confusion)
        try addImages(to: &page)
        page.add([
            .element(
                "details", "",
                [.element("summary", "", "Settings"), .element("pre", "", experiment.json.text(pretty: true))])
        ])
        try writeAtomically(Data(page.document.utf8), to: folder.report)
    }

    private var subtitle: String {
        let best = metrics.training.best.map { " The best weights are those after epoch \($0.epoch)." } ?? ""
        return "\(experiment.network.name) at \(experiment.input.size) × \(experiment.input.size) pixels, "
            + "\(metrics.training.epochs) epochs in \(metrics.precision.rawValue) on \(experiment.dataset.root).\(best)"
    }

    private var cards: [(name: String, value: String)] {
        let (report, training) = (metrics.report, metrics.training)
        var cards =
            (report.points?.all).map { points in
                [
                    (AveragePrecisionReport.pointMeasure, figure(points.AP)), ("F1", figure(points.F1)),
                    ("MAE of counts", String(format: "%.2f", points.counts.meanAbsolute)),
                ]
            } ?? [
                ("AP50", figure(report.AP50)), ("AP", figure(report.AP)), ("VOC 2007 mAP", figure(report.voc2007.mAP)),
            ]
        cards += [
            ("images/s in training", String(format: "%.1f", training.imagesPerSecond)),
            ("minutes in total", String(format: "%.1f", metrics.seconds / 60)),
        ]
        if let pose = report.pose { cards.insert((AveragePrecisionReport.poseMeasure, figure(pose.AP)), at: 0) }
        if let bytes = training.peakMemoryBytes {
            cards.append(("GB of memory", String(format: "%.2f", Double(bytes) / 1e9)))
        }
        return cards
    }

    /// Losses and average precision over the epochs, if there are at least two, and precision over recall.
    private func plots() throws -> [String] {
        let log = try TrainingLog(of: folder)
        var plots: [LinePlot] = []
        if log.entries.count > 1 {
            plots.append(
                LinePlot(
                    title: "Loss", xLabel: "epoch", yLabel: "mean over the epoch",
                    series: ([(name: "total", points: log.points("loss"))]
                        + DetectionHead.all.map { (name: $0.label, points: log.points($0.logKey)) })
                        .filter { !$0.points.isEmpty }))
        }
        if log.entries.count > 1, !log.points("AP50").isEmpty || !log.points("pointAP").isEmpty {
            plots.append(
                LinePlot(
                    title: "Validation", xLabel: "epoch",
                    yLabel: metrics.report.points == nil ? "average precision" : "average precision and F1",
                    series: [
                        (name: "AP50", points: log.points("AP50")), (name: "AP", points: log.points("AP")),
                        (name: AveragePrecisionReport.poseMeasure, points: log.points("poseAP")),
                        (name: AveragePrecisionReport.pointMeasure, points: log.points("pointAP")),
                        (name: "F1", points: log.points("pointF1")),
                    ].filter { !$0.points.isEmpty }))
        }
        plots.append(
            LinePlot(
                title: "Precision over recall", xLabel: "recall",
                yLabel: metrics.report.points == nil ? "precision at overlap 0.5" : "precision",
                series: zip(metrics.classNames, metrics.report.precisionRecall).map { name, curve in
                    (name: name, points: Array(zip(curve.recall, curve.precision)))
                }))
        return try plots.map { try $0.svg() }
    }
}
