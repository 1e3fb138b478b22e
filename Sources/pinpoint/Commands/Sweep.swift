import ArgumentParser
import Foundation
import Sweeps
import Tensors

struct SweepCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sweep",
        abstract: "Train an experiment with several settings, seeds and folds, and rank them.",
        discussion: """
            Every combination of the values is trained, one trial after another, each in its own run folder in Runs/NAME/trials; the \
            ranking is in sweep.html, sweep.csv and sweep.json beside it. Ctrl-C finishes the current step, and the same \
            command goes on from there: finished trials are not trained again. A trial that fails does not stop the others.
            """)

    @OptionGroup var experiment: ExperimentOptions
    @OptionGroup var training: TrainingOptions

    @Option(
        name: .customLong("vary"),
        help: ArgumentHelp("Vary a setting; can be repeated, for every combination.", valueName: "key=value,..."))
    var variations: [String] = []

    @Option(
        help: """
            Cross-validation: divide the images of train and val into so many folds, and measure on each what is trained on \
            the others.
            """)
    var folds: Int?

    @Option(help: "Train each combination with so many random seeds.")
    var seeds = 1

    @Flag(
        help: """
            Train all combinations for a part of the epochs, and only the best third of them again for three times as many, \
            until the last round has all epochs.
            """)
    var halving = false

    @Option(
        help: """
            Metric that decides the ranking: AP, AP50, poseAP (keypoints) or pointAP (points); by default AP, or that of \
            keypoints or points.
            """)
    var metric: SweepMeasure?

    @Flag(help: "Replace a sweep of the same name and the runs of its trials.")
    var replace = false

    @OptionGroup var threads: ThreadOptions

    func validate() throws {
        if let folds, !(2...1000).contains(folds) { throw ValidationError("--folds must be from 2 to 1000.") }
        if !(1...1000).contains(seeds) { throw ValidationError("--seeds must be from 1 to 1000.") }
        if variations.isEmpty && folds == nil && seeds == 1 { throw ValidationError("\(SweepError.nothingVaried)") }
        if halving && variations.isEmpty { throw ValidationError("--halving needs --vary.") }
    }

    func run() throws {
        let experiment = try experiment.load(training)
        let definition = try SweepDefinition(
            experiment, variations: variations.map { text throws(SweepError) in try Variation(text) }, folds: folds,
            seedCount: seeds, halves: halving)
        let options = threads.threads.map { ["--threads", "\($0)"] } ?? []
        let sweep = Sweep(
            definition, measure: metric, execution: TrialProcess(arguments: options), report: Self.report)
        let results = try sweep.run(replaces: replace)
        Terminal.standardOutput(results.text + "\n")
    }

    private static func report(_ event: SweepEvent) {
        let text =
            switch event {
            case .trial(let trial, let number, let count): "trial \(number) of \(count): \(trial.name)"
            case .line(let line): "  " + line
            case .ended(_, .finished(let result)):
                "  finished: "
                    + result.measures.sorted { $0.key.rawValue < $1.key.rawValue }
                    .map { String(format: "\($0.key.title) %.3f", $0.value) }.joined(separator: ", ")
            case .ended(_, .failed(let reason)): "  failed: \(reason)"
            case .ended(_, .unfinished): "  stopped"
            case .note(let text): text
            }
        Terminal.standardError(text.shownOnTerminal + "\n")
    }
}

extension SweepMeasure: ExpressibleByArgument {}
