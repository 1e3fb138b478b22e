import ArgumentParser
import Datasets
import DetectorLoading
import Evaluation
import Foundation
import Inference
import Jobs

struct Evaluate: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "evaluate", abstract: "Evaluate a model, or a file of detections, on annotated images.",
        discussion: """
            A file of detections is in COCO's results format. Its image_id is the data set's own: COCO's images[].id, \
            otherwise the image's file name without extension, which may be written as a number if it is one. Its \
            category_id is COCO's categories[].id or YOLO's class number; in a data set without class numbers, classes are \
            numbered from 1 in the order of their names.
            """)

    @Option(help: ArgumentHelp("Run folder, weights file or ONNX file.", valueName: "path"))
    var model: String?

    @Option(help: ArgumentHelp("Detections to evaluate instead of a model's.", valueName: "file"))
    var detections: String?

    @OptionGroup var dataset: DatasetOptions

    @OptionGroup var look: TestTimeAugmentationOptions
    @OptionGroup(title: "Options for ONNX files and files of detections") var imports: ImportOptions

    @Option(help: ArgumentHelp("Write detections.json and VOC's text files to this folder.", valueName: "folder"))
    var output: String?

    @OptionGroup var report: ReportOptions

    func validate() throws {
        if (model == nil) == (detections == nil) {
            throw ValidationError("Give either --model or --detections.")
        }
        if detections != nil && dataset.data == nil {
            throw ValidationError("--detections requires its data set: --data.")
        }
        var others = imports
        others.classes = nil
        if detections != nil && (others.request != ImportRequest() || look.isSet) {
            throw ValidationError("--detections cannot be combined with options for running a model.")
        }
        if detections == nil, imports.classes != nil, !Detector.isONNX(URL(fileURLWithPath: model ?? "")) {
            throw ValidationError(
                "--classes requires --detections or an ONNX file; other models contain their class names.")
        }
    }

    func run() throws {
        let folder = output.map { URL(fileURLWithPath: $0) }
        let printer = ProgressPrinter()
        let evaluation: EvaluationJob
        if let model {
            evaluation = try EvaluationJob.model(
                at: URL(fileURLWithPath: model), imports: imports.request, dataset: dataset.data, split: dataset.split,
                output: folder,
                predictor: { try look.predictor(for: $0) }, progress: printer.report)
        } else {
            evaluation = try EvaluationJob.detections(
                at: URL(fileURLWithPath: detections ?? ""), dataset: dataset.data ?? "", split: dataset.split,
                classNames: try imports.classes.map { try ClassNameList.names($0) }, output: folder,
                progress: printer.report)
        }
        if let folder { try evaluation.writeDetections(to: folder) }
        Terminal.standardOutput(
            report.json ? evaluation.json.text(pretty: true) + "\n" : evaluation.text + "\n")
    }
}
