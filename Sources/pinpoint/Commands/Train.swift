import Advice
import ArgumentParser
import Datasets
import ExperimentRunner
import Foundation
import Tensors

struct Train: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "train", abstract: "Train a detector on a folder of annotated images.",
        discussion: """
            Ctrl-C finishes the current step, saves a checkpoint and exits; a second Ctrl-C exits at once. --resume continues, \
            bit for bit as if the run had never stopped. A run is only started where none would be lost; --replace removes \
            the one that is there. Without an experiment file, and unless --set names one of them, input size, epochs and \
            batch size are chosen for the data set, see `pinpoint data advise`.
            """)

    @OptionGroup var experiment: ExperimentOptions
    @OptionGroup var training: TrainingOptions

    @OptionGroup var start: RunStartOptions

    @OptionGroup var threads: ThreadOptions

    func run() throws {
        let printer = ProgressPrinter()
        var loaded = try experiment.load(training)
        loaded.backend.prepareProcess()
        var index: DatasetIndex?
        if experiment.leavesSizesOpen {
            let advised = try AdvisedExperiment(loaded, resumes: start.resume, replaces: start.replace)
            (loaded, index) = (advised.experiment, advised.index)
            if let note = advised.note { printer.report(.note(note)) }
        }
        let runner = Runner(
            loaded, index: index, threads: threads.threads, progress: printer.report, training: printer.reportTraining)
        let summary = try runner.train(start.start)
        Terminal.standardOutput(runner.text(of: summary).shownOnTerminal + "\n")
    }
}
