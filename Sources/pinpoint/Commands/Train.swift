import ArgumentParser
import ExperimentRunner
import Foundation
import Tensors

struct Train: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "train", abstract: "Train a detector on a folder of annotated images.",
        discussion: """
            Ctrl-C finishes the current step, saves a checkpoint and exits; a second Ctrl-C exits at once. --resume continues, \
            bit for bit as if the run had never stopped.
            """)

    @OptionGroup var experiment: ExperimentOptions
    @OptionGroup var training: TrainingOptions

    @Flag(help: "Resume the run from its last checkpoint.")
    var resume = false

    @OptionGroup var threads: ThreadOptions

    func run() throws {
        let experiment = try experiment.load(training)
        threads.apply()
        experiment.backend.prepareProcess()
        let printer = ProgressPrinter()
        let runner = Runner(experiment, progress: printer.report, training: printer.reportTraining)
        let summary = try runner.train(resume: resume)
        Terminal.standardOutput(runner.text(of: summary).shownOnTerminal + "\n")
    }
}
