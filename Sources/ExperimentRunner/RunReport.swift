import Evaluation
import Foundation
import Images
import Tensors
import Training
import Visualization

/// A run on one page that needs no other file: curves, figures, pictures, settings.
struct RunReport {
    let experiment: Experiment
    let folder: RunFolder
    let metrics: RunMetrics

    func write() throws {
        let page = try HTML.element(
            "html", "lang=\"en\"",
            [
                .element(
                    "head", "",
                    [
                        HTML(markup: "<meta charset=\"utf-8\">"), .element("title", "", "Pinpoint: \(experiment.name)"),
                        .element("style", "", [HTML(markup: Self.style)]),
                    ]),
                .element("body", "", [heading, curves(), figures, pictures(), settings]),
            ])
        try writeAtomically(Data("<!DOCTYPE html>\n\(page.text)".utf8), to: folder.report)
    }

    private var heading: HTML {
        let report = metrics.report
        let training = metrics.training
        var cards = [
            ("AP50", figure(report.AP50)), ("AP", figure(report.AP)), ("VOC 2007 mAP", figure(report.voc2007.mAP)),
            ("images/s in training", String(format: "%.1f", training.imagesPerSecond)),
            ("minutes in all", String(format: "%.1f", metrics.seconds / 60)),
        ]
        if let bytes = training.peakMemoryBytes {
            cards.append(("GB of memory", String(format: "%.2f", Double(bytes) / 1e9)))
        }
        let best = training.best.map { " The best weights are those after epoch \($0.epoch)." } ?? ""
        return HTML(
            markup: HTML.element("h1", "", experiment.name).text
                + HTML.element(
                    "p", "",
                    "\(experiment.network.name) at \(experiment.input.size) x \(experiment.input.size) pixels, "
                        + "\(training.epochs) epochs on \(experiment.dataset.root).\(best)"
                ).text
                + HTML.element(
                    "div", "class=\"cards\"",
                    cards.map { name, value in
                        .element("div", "", [.element("b", "", value), .element("span", "", name)])
                    }
                ).text)
    }

    private func curves() throws -> HTML {
        let log = TrainingLog(of: folder)
        guard log.entries.count > 1 else { return HTML("") }
        let losses = LinePlot(
            title: "Loss", xLabel: "epoch", yLabel: "mean over the epoch",
            series: [
                (name: "total", points: log.points(\.loss)), (name: "heatmap", points: log.points(\.heatmap)),
                (name: "offset", points: log.points(\.offset)), (name: "size", points: log.points(\.size)),
            ])
        let precision = LinePlot(
            title: "Validation", xLabel: "epoch", yLabel: "average precision",
            series: [(name: "AP50", points: log.points(\.ap50)), (name: "AP", points: log.points(\.ap))])
        var plots = [losses]
        if log.entries.contains(where: { $0.ap50 != nil }) { plots.append(precision) }
        plots.append(precisionRecall)
        return .element(
            "div", "class=\"plots\"", try plots.map { .element("figure", "", [HTML(markup: try $0.svg())]) })
    }

    private var precisionRecall: LinePlot {
        LinePlot(
            title: "Precision over recall", xLabel: "recall", yLabel: "precision at overlap 0.5",
            series: zip(metrics.classNames, metrics.report.precisionRecall).map { name, curve in
                (name: name, points: Array(zip(curve.recall, curve.precision)))
            })
    }

    private var figures: HTML {
        let report = metrics.report
        let rows = metrics.classNames.enumerated().map { index, name in
            [name, "\(report.perClassObjectCount[index])"]
                + [report.perClassAP, report.perClassAP50, report.voc2007.perClass, report.voc2010.perClass]
                .map { figure($0[index]) }
        }
        let all =
            ["all", "\(report.objectCount)"]
            + [report.AP, report.AP50, report.voc2007.mAP, report.voc2010.mAP].map(figure)
        return HTML(
            markup: HTML.element("h2", "", "Validation").text
                + HTML.table(["class", "objects", "AP", "AP50", "VOC 2007", "VOC 2010"], rows + [all]).text
                + HTML.table(report.cocoNumbers.map(\.name), [report.cocoNumbers.map { figure($0.value) }]).text)
    }

    private func pictures() throws -> HTML {
        var text = ""
        for (title, place, suffix) in [
            ("What was found", folder.detections, ".png"), ("Centre heatmaps", folder.heatmaps, ".heatmap.png"),
        ] {
            let names = ((try? FileManager.default.contentsOfDirectory(atPath: place.path)) ?? [])
                .filter { $0.hasSuffix(suffix) }.sorted()
            if names.isEmpty { continue }
            let tiles = try names.map { name in
                let source = try Self.embedded(place.appendingPathComponent(name))
                return HTML.element(
                    "figure", "",
                    [
                        HTML(markup: "<img alt=\"\" src=\"\(source)\">"),
                        .element("figcaption", "", String(name.dropLast(suffix.count))),
                    ])
            }
            text += HTML.element("h2", "", title).text + HTML.element("div", "class=\"tiles\"", tiles).text
        }
        return HTML(markup: text)
    }

    /// A picture as part of the page, made small enough for it.
    private static func embedded(_ file: URL) throws -> String {
        var image = try Image(contentsOf: file)
        let limit = 480
        let side = max(image.width, image.height)
        if side > limit {
            image = image.resized(
                width: max(1, image.width * limit / side), height: max(1, image.height * limit / side))
        }
        return "data:image/png;base64,\(try image.pngData().base64EncodedString())"
    }

    private var settings: HTML {
        HTML(
            markup: HTML.element("h2", "", "Settings").text
                + HTML.element("pre", "", experiment.json.text(pretty: true)).text)
    }

    private func figure(_ value: Double) -> String { value < 0 ? "–" : String(format: "%.3f", value) }

    private static let style = """
        body { font: 15px/1.5 system-ui, sans-serif; color: #222; max-width: 1080px; margin: 2em auto; padding: 0 1em }
        h1 { margin-bottom: 0 } h2 { margin-top: 2em }
        .cards { display: flex; flex-wrap: wrap; gap: 12px } .cards div { background: #f3f5f8; border-radius: 8px; padding: 10px 16px }
        .cards b { display: block; font-size: 24px } .cards span { color: #666 }
        .plots, .tiles { display: flex; flex-wrap: wrap; gap: 16px } figure { margin: 0 }
        .tiles img { max-width: 320px; image-rendering: auto; border-radius: 4px } figcaption { color: #666; font-size: 13px }
        table { border-collapse: collapse; margin: 1em 0 } th, td { padding: 3px 12px; text-align: right; border-bottom: 1px solid #e3e6ea }
        th:first-child, td:first-child { text-align: left } pre { background: #f3f5f8; padding: 12px; overflow-x: auto }
        .plots svg { max-width: 520px; height: auto }
        """
}
