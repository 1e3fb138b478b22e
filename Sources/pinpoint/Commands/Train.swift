import ArgumentParser
import ExperimentRunner
import Foundation
import Sweeps
import Tensors

struct Train: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "train", abstract: "Train a detector on a folder of annotated images.",
        discussion: """
            Ctrl-C finishes the current step, saves a checkpoint and exits; a second Ctrl-C exits at once. --resume continues, \
            bit for bit as if the run had never stopped. A run is only started where none would be lost: without --name \
            it gets a number, as in cells-2; --replace removes the one that is there.
            """)

    @OptionGroup var experiment: ExperimentOptions
    @OptionGroup var training: TrainingOptions

    @OptionGroup var start: RunStartOptions

    @OptionGroup var threads: ThreadOptions

    /// For the trials of a sweep.
    @Flag(name: .customLong(TrialProcess.inputFlag), help: .hidden)
    var stopsWithInput = false

    func run() throws {
        if stopsWithInput { stopAtEndOfInput() }
        let options = experiment
        var experiment = try options.load(training)
        experiment.backend.prepareProcess()
        let printer = ProgressPrinter()
        if !options.hasChosenName, let note = experiment.takeFreeName(for: start.start) { printer.report(.note(note)) }
        let runner = Runner(
            experiment, threads: threads.threads, progress: printer.report, training: printer.reportTraining)
        let summary = try runner.train(start.start)
        Terminal.standardOutput(runner.text(of: summary).shownOnTerminal + "\n")
    }
}
