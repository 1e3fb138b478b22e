import Evaluation
import ExperimentRunner
import Foundation
import Pages
import Visualization

extension SweepResults {
    /// The page: the ranking, the curves of the best candidates, every trial, and the definition.
    package func page() throws -> String {
        let experiment = definition.experiment
        var page = ReportPage(
            title: "Sweep \(experiment.name)",
            subtitle: "\(experiment.network.name) at \(experiment.input.size.rows) × \(experiment.input.size.columns) "
                + "pixels on \(experiment.dataset.root): \(finishedCount) of \(definition.trialCount) trials are finished."
        )
        let standings = self.standings
        page.add([.cards(cards(standings))])
        page.add("Ranking", ranking(standings))
        let plot = try curves(of: standings)
        page.add("Curves", try plot.map { [.element("div", "class=\"plots\"", [.plot(svg: try $0.svg())])] } ?? [])
        page.add("Failed trials", failed)
        page.add("Trials", trialTable)
        page.add([definitionTable])
        return page.document
    }

    private func cards(_ standings: [Standing]) -> [(name: String, value: String)] {
        var cards = [("trials", "\(finishedCount) of \(definition.trialCount)"), ("settings", "\(standings.count)")]
        if let best = standings.first, let mean = best.mean {
            cards.insert(("best mean \(measure.title)", figure(mean)), at: 0)
            if let deviation = best.standardDeviation {
                cards.insert(("its standard deviation", figure(deviation)), at: 1)
            }
        }
        if let folds = definition.folds { cards.append(("folds", "\(folds)")) }
        if definition.seedCount > 1 { cards.append(("seeds", "\(definition.seedCount)")) }
        return cards
    }

    private func ranking(_ standings: [Standing]) -> [HTML] {
        let place =
            definition.folds == nil
            ? "the split \(definition.experiment.dataset.validationSplit)"
            : "the images of each fold, which the network was not trained on"
        var text =
            "\(measure.title) of the best weights of each trial on \(place): mean, standard deviation (±), lowest and highest "
            + "over seeds and folds. These images also decided which weights and which settings are the best, so new images will "
            + "give a little less. Differences below the standard deviation say little."
        if definition.shares.count > 1 {
            text +=
                " Successive halving: all settings were trained for a part of the epochs, and the best third of each round was "
                + "trained again for three times as many."
        }
        return [
            .element("p", "", text),
            .table(["settings"] + heading, standings.map(cells)),
        ]
    }

    private static let shownCurves = 8

    /// The metric over the epochs, of the best candidates: the mean of all trials of the last round.
    private func curves(of standings: [Standing]) throws -> LinePlot? {
        let measure = self.measure
        let series = try standings.prefix(Self.shownCurves).map { standing in
            let own = trials.filter { $0.candidate == standing.candidate.index && $0.share == standing.share }
            let logs = try own.filter { record(of: $0).result != nil }.map {
                try TrainingLog(of: folder.run($0.name)).points(measure.logKey)
            }
            return (name: standing.candidate.label, points: Self.mean(of: logs))
        }.filter { $0.points.count > 1 }
        if series.isEmpty { return nil }
        return LinePlot(
            title: "Validation", xLabel: "epoch", yLabel: "mean \(measure.title)", series: series)
    }

    /// The mean of several curves at the epochs that all of them have, since a mean of fewer would jump where one ends.
    package static func mean(of curves: [[(Double, Double)]]) -> [(Double, Double)] {
        var sums: [Double: (sum: Double, count: Int)] = [:]
        for (epoch, value) in curves.joined() where value >= 0 {
            sums[epoch, default: (0, 0)].sum += value
            sums[epoch]?.count += 1
        }
        return sums.filter { $0.value.count == curves.count }.sorted { $0.key < $1.key }
            .map { ($0.key, $0.value.sum / Double($0.value.count)) }
    }

    private var failed: [HTML] {
        let failures = self.failures
        return failures.isEmpty ? [] : [.table(["trial", "reason"], failures.map { [$0.trial.name, $0.reason] })]
    }

    private var trialTable: [HTML] {
        let heading = ["trial", "state"] + SweepMeasure.allCases.map(\.title) + ["best epoch", "epochs", "minutes"]
        return [.table(heading, trials.map(cells))]
    }

    private func cells(of trial: Trial) -> [String] {
        let record = record(of: trial)
        guard let result = record.result else {
            return [trial.name, record.failure != nil ? "failed" : "unfinished"]
                + SweepMeasure.allCases.map { _ in "" } + ["", "", ""]
        }
        let measures = SweepMeasure.allCases.map { result.measures[$0].map(figure) ?? "" }
        let minutes = String(format: "%.1f", result.seconds / 60)
        return [trial.name, "finished"] + measures + ["\(result.bestEpoch)", "\(result.epochs)", minutes]
    }

    private var definitionTable: HTML {
        .element(
            "details", "",
            [
                .element("summary", "", "Definition"),
                .table(
                    ["setting", "value"],
                    definition.values.sorted { $0.key < $1.key }.map { [$0.key, $0.value] }),
            ])
    }
}
