import ArgumentParser
import ExperimentRunner
import Foundation

struct Run: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run",
        abstract: "Run a whole experiment: train, evaluate, and draw boxes and heatmaps.",
        discussion: "Everything is written to the run's folder, Runs/NAME: weights, metrics.json, images, report.html.")

    @OptionGroup var experiment: ExperimentOptions
    @OptionGroup var training: TrainingOptions

    @OptionGroup var start: RunStartOptions

    @OptionGroup var threads: ThreadOptions

    @Flag(name: .customLong("print"), help: "Print the complete experiment without running it.")
    var printsOnly = false

    @OptionGroup var report: ReportOptions

    func run() throws {
        let options = experiment
        var experiment = try options.load(training)
        if printsOnly {
            Terminal.standardOutput(experiment.json.text(pretty: true) + "\n")
            return
        }
        experiment.backend.prepareProcess()
        let printer = ProgressPrinter()
        if !options.hasChosenName, let note = experiment.takeFreeName(for: start.start) { printer.report(.note(note)) }
        let runner = Runner(
            experiment, threads: threads.threads, progress: printer.report, training: printer.reportTraining)
        let metrics = try runner.run(start.start)
        Terminal.standardOutput(report.json ? metrics.json.text(pretty: true) + "\n" : metrics.text + "\n")
    }
}
