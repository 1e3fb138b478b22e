import Advice
import ArgumentParser
import Datasets
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
            it gets a number, as in cells-2; --replace removes the one that is there. Without an experiment file, and \
            unless --set names one of them, input size, epochs, batch size and size loss are chosen for the data set, see \
            `pinpoint data advise`.
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
        let printer = ProgressPrinter()
        var loaded = try options.load(training)
        loaded.backend.prepareProcess()
        if !options.hasChosenName, let note = loaded.takeFreeName(for: start.start) { printer.report(.note(note)) }
        var index: DatasetIndex?
        if options.leavesSizesOpen {
            let advised = try AdvisedExperiment(
                loaded, resumes: start.resume, replaces: start.replace, leavesLossOpen: options.leavesLossOpen)
            (loaded, index) = (advised.experiment, advised.index)
            if let note = advised.note { printer.report(.note(note)) }
        }
        let runner = Runner(
            loaded, index: index, threads: threads.threads, progress: printer.report, training: printer.reportTraining)
        let summary = try runner.train(start.start)
        Terminal.standardOutput(runner.text(of: summary).shownOnTerminal + "\n")
    }
}
