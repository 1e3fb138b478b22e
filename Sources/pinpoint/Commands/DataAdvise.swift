import Advice
import ArgumentParser
import Experiments
import Foundation
import Tensors

struct DataAdvise: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "advise", abstract: "Propose the settings of a training from a data set and this machine's pace.",
        discussion: """
            The input is the smallest at which the achievable precision is whole and small objects keep two output cells. \
            The reasons are printed, and are comments in the experiment file of --output, which `pinpoint run` takes. Only \
            the number of epochs depends on the machine, and only with --minutes.
            """)

    @Argument(help: "Data set folder, or the single file with all annotations.")
    var data: String

    @Option(help: ArgumentHelp("Write an experiment file (JSON with comments).", valueName: "file"))
    var output: String?

    @Option(help: "Minutes that the training may take on this machine.")
    var minutes: Double?

    @OptionGroup var threads: ThreadOptions

    func validate() throws {
        if data.isEmpty { throw ValidationError("Give a data set.") }
        if let minutes, !(minutes > 0 && minutes.isFinite) { throw ValidationError("--minutes must be above 0.") }
    }

    func run() throws {
        threads.apply()
        let experiment = try Experiment(dataset: data)
        experiment.backend.prepareProcess()
        let index = try experiment.index()
        for finding in index.findings { ProgressPrinter().report(.warning("\(finding)")) }
        let output = output.map { URL(fileURLWithPath: $0) }
        // The data set's files are not replaced.
        if let output { try AdviceFile.requireApart(output, from: index) }
        let job = try AdviceJob(experiment, index: index)
        var advice = job.advice()
        advice.fit(secondsPerStep: try job.secondsPerStep(advice), minutes: minutes)
        if let output { try AdviceFile.write(advice, to: output, root: data) }
        Terminal.standardOutput(advice.text + "\n")
    }
}
