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
        let log = try TrainingLog(of: folder)
        page.add(
            "Training and validation",
            [.element("div", "class=\"plots\"", try plots(of: log).map(HTML.plot))]
                + log.partingSentences.map { .element("p", "", $0) })
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
        let best = metrics.training.best.map { " The best weights are those after epoch \($0.epoch)." }
        let nothing = metrics.training.hasNothingToScore ? " The validation split has nothing to score." : ""
        let budget = experiment.training.minutes.map { String(format: " (a budget of %g minutes)", $0) } ?? ""
        return "\(experiment.network.name) at \(experiment.input.size.rows) × \(experiment.input.size.columns) pixels, "
            + "\(metrics.training.epochs) epochs\(budget) in \(metrics.precision.rawValue) on \(experiment.dataset.root).\(best ?? nothing)"
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
    private func plots(of log: TrainingLog) throws -> [String] {
        var plots: [LinePlot] = []
        if log.entries.count > 1 {
            var losses = LinePlot(
                title: "Loss", xLabel: "epoch", yLabel: "mean over the epoch",
                series: [
                    (name: "training", points: log.points("loss")),
                    (name: "validation", points: log.points("validationLoss")),
                ].filter { !$0.points.isEmpty })
            losses.marks = log.parting.map { [(x: Double($0.epoch), label: "they part")] } ?? []
            plots.append(losses)
            plots.append(
                LinePlot(
                    title: "Loss of each head", xLabel: "epoch", yLabel: "mean over the epoch",
                    series: DetectionHead.all.flatMap { head in
                        [
                            (name: head.label, points: log.points(head.logKey)),
                            (name: "\(head.label), validation", points: log.points(head.validationLogKey)),
                        ]
                    }.filter { !$0.points.isEmpty }))
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
