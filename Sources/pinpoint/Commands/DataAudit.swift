import ArgumentParser
import AuditJobs
import Foundation
import Tensors
import Training

struct DataAudit: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "audit", abstract: "Rank the probable faults of annotations by a model's disagreement.",
        discussion: """
            Missing, spurious, misplaced and misnamed boxes stand in one list, the strongest disagreement first: audit.html \
            shows the first ones, suspects.csv and suspects.json list all annotated objects, and Annotations has VOC files in \
            which the names of suspects are marked, for annotation tools. A model agrees with the annotations that it was \
            trained on, right or wrong: with --folds, models are trained with the settings of the run, each on the images \
            that it does not audit. Interrupted, the same command continues.
            """)

    @Argument(help: "Data set; by default the one that the model's run was trained on.")
    var data: String?

    @Option(help: ArgumentHelp("Run folder or weights file.", valueName: "path"))
    var model: String

    @Option(help: "Split of the data set; all has every annotated image.")
    var split = "all"

    @Option(help: "Number of models to train, each for an equal part of the images.")
    var folds: Int?

    @Option(help: ArgumentHelp("Output folder.", valueName: "folder"))
    var output = "audit"

    @Flag(help: "Replace the annotations of an earlier audit in the output folder.")
    var replace = false

    @OptionGroup var backend: BackendOptions

    func validate() throws {
        if data?.isEmpty == true { throw ValidationError("Give a data set, or none.") }
        if let folds, !(2...100).contains(folds) { throw ValidationError("--folds must be from 2 to 100.") }
    }

    func run() throws {
        let printer = ProgressPrinter()
        let output = URL(fileURLWithPath: output)
        // A run's folder has one writer at a time.
        let lock = try RunFolder(around: output).map { try FolderLock($0.url) }
        defer { lock?.release() }
        let job = try AuditJob(
            model: URL(fileURLWithPath: model), dataset: data, split: split, output: output,
            replaces: replace,
            backend: backend.choose(.automatic).backend, progress: printer.report, training: printer.reportTraining)
        let result = try folds.map { try job.run(folds: $0) } ?? job.run()
        Terminal.standardOutput(result.text + "\n")
    }
}
