import ArgumentParser
import ExperimentRunner
import Foundation
import Training

struct Run: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run",
        abstract: "Train, evaluate, and draw boxes and heatmaps: one experiment from beginning to end.",
        discussion: "Everything is left in the run's folder, Runs/NAME: weights, metrics.json, images, report.html.")

    @OptionGroup var experiment: ExperimentOptions
    @OptionGroup var training: TrainingOptions

    @Flag(help: "Go on where an earlier run stopped.")
    var resume = false

    @OptionGroup var threads: ThreadOptions

    @Flag(name: .customLong("print"), help: "Print the complete experiment and run nothing.")
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
        let interrupt = InterruptFlag()
        interrupt.watchSignals()
        let runner = Runner(experiment, progress: ProgressPrinter(), interrupt: interrupt)
        let metrics = try runner.run(resume: resume)
        Terminal.standardOutput(report.json ? metrics.json.text(pretty: true) + "\n" : metrics.text + "\n")
    }
}
