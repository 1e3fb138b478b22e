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

    @Flag(help: "Resume the run from its last checkpoint.")
    var resume = false

    @OptionGroup var threads: ThreadOptions

    @Flag(name: .customLong("print"), help: "Print the complete experiment without running it.")
    var printsOnly = false

    @OptionGroup var report: ReportOptions

    func run() throws {
        let experiment = try experiment.load(training)
        if printsOnly {
            Terminal.standardOutput(experiment.json.text(pretty: true) + "\n")
            return
        }
        threads.apply()
        experiment.backend.prepareProcess()
        let printer = ProgressPrinter()
        let runner = Runner(experiment, progress: printer.report, training: printer.reportTraining)
        let metrics = try runner.run(resume: resume)
        Terminal.standardOutput(report.json ? metrics.json.text(pretty: true) + "\n" : metrics.text + "\n")
    }
}
