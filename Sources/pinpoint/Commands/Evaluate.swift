import ArgumentParser
import Evaluation
import ExperimentRunner
import Foundation

struct Evaluate: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Score a model, or any file of detections, against annotated pictures.",
        discussion: """
            A file of detections is in COCO's result form. There an image_id is a picture's file name without extension, \
            or its position in the split, from 1; a category_id is the class's position in the list of classes, from 1.
            """)

    @Option(help: ArgumentHelp("A run's folder or a weights file.", valueName: "path"))
    var model: String?

    @Option(help: ArgumentHelp("Detections to score instead of a model's.", valueName: "file"))
    var detections: String?

    @OptionGroup var dataset: DatasetOptions

    @Option(
        help: ArgumentHelp("The classes of a file of detections, in order; by default all, sorted.", valueName: "names")
    )
    var classes: String?

    @OptionGroup var look: LookOptions

    @Option(help: ArgumentHelp("Write detections.json and VOC's text files there.", valueName: "folder"))
    var output: String?

    @OptionGroup var report: ReportOptions

    func validate() throws {
        if (model == nil) == (detections == nil) {
            throw ValidationError("Give either --model or --detections.")
        }
        if detections != nil && dataset.voc == nil {
            throw ValidationError("--detections needs the data set that they belong to: --voc.")
        }
        if detections == nil && classes != nil {
            throw ValidationError("--classes goes with --detections; a model knows its own.")
        }
    }

    func run() throws {
        let printer = ProgressPrinter()
        let examination: Examination
        if let model {
            examination = try Examination.model(
                at: URL(fileURLWithPath: model), dataset: dataset.voc, split: dataset.split,
                predictor: look.predictor(for:), progress: printer)
        } else {
            examination = try Examination.detections(
                at: URL(fileURLWithPath: detections ?? ""), dataset: dataset.voc ?? "", split: dataset.split,
                classNames: classes?.split(separator: ",").map(String.init), progress: printer)
        }
        if let output { try examination.writeDetections(to: URL(fileURLWithPath: output)) }
        Terminal.standardOutput(
            report.json ? examination.json.text(pretty: true) + "\n" : examination.text + "\n")
    }
}
