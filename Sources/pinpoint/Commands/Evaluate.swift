import ArgumentParser
import Datasets
import Evaluation
import ExperimentRunner
import Foundation
import Inference

struct Evaluate: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "evaluate", abstract: "Score a model, or any file of detections, against annotated images.",
        discussion: """
            A file of detections is in COCO's result form. There an image_id is the data set's own: COCO's images[].id, \
            elsewhere the image's file name without extension, or the number that this is. A category_id is \
            categories[].id, or YOLO's number of the class; where a data set has no numbers, it counts the classes from 1 \
            in the order of their names.
            """)

    @Option(help: ArgumentHelp("A run's folder, a weights file or an ONNX file.", valueName: "path"))
    var model: String?

    @Option(help: ArgumentHelp("Detections to score instead of a model's.", valueName: "file"))
    var detections: String?

    @OptionGroup var dataset: DatasetOptions

    @OptionGroup var look: LookOptions
    @OptionGroup(title: "Of an ONNX file, or a file of detections") var imports: ImportOptions

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
        var others = imports
        others.classes = nil
        if detections != nil && (others.request != ImportRequest() || look.isSet) {
            throw ValidationError("--detections are there already: how a model would look at images does not matter.")
        }
        if detections == nil, imports.classes != nil, !Detector.isONNX(URL(fileURLWithPath: model ?? "")) {
            throw ValidationError("--classes goes with --detections or an ONNX file; other models know their own.")
        }
    }

    func run() throws {
        let printer = ProgressPrinter()
        let evaluation: EvaluationJob
        if let model {
            evaluation = try EvaluationJob.model(
                at: URL(fileURLWithPath: model), imports: imports.request, dataset: dataset.voc, split: dataset.split,
                predictor: { try look.predictor(for: $0) }, progress: printer)
        } else {
            evaluation = try EvaluationJob.detections(
                at: URL(fileURLWithPath: detections ?? ""), dataset: dataset.voc ?? "", split: dataset.split,
                classNames: try imports.classes.map { try ClassNameList.names($0) }, progress: printer)
        }
        if let output { try evaluation.writeDetections(to: URL(fileURLWithPath: output)) }
        Terminal.standardOutput(
            report.json ? evaluation.json.text(pretty: true) + "\n" : evaluation.text + "\n")
    }
}
