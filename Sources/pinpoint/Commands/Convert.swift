import ArgumentParser
import Boxes
import Datasets
import DetectorLoading
import Foundation
import Inference
import JSON
import Jobs
import Networks
import Tensors

struct Convert: ParsableCommand {
    /// Naming scheme of the tensors in the result.
    enum Names: String, CaseIterable, ExpressibleByArgument { case pinpoint, published }

    static let configuration = CommandConfiguration(
        commandName: "convert",
        abstract: "Convert weights from another program into a model, or a model into weights for another program.",
        discussion: """
            A CenterNet checkpoint becomes a model that every command accepts: `convert ctdet_coco_resdcn18.pth --network \
            resdcn18 --classes coco --output coco.safetensors`. The input channels of its first layer are reversed, because \
            CenterNet takes BGR images, and its mean and standard deviation for COCO or VOC are stored in the model. In the \
            other direction, `convert Runs/cells --names published --output cells.safetensors` writes a model's weights under \
            CenterNet's names, for BGR images again. `convert Runs/cells --half --output cells.safetensors` writes a model of \
            half the size, in 16-bit numbers.
            """)

    @Argument(
        help: ArgumentHelp(
            "Weights file; with --names published or --half, a run folder or a model file.", valueName: "path"))
    var input: String

    @Option(help: "Network architecture of the weights: \(NetworkCatalogue.names.joined(separator: ", ")).")
    var network: String?

    @Option(
        help: ArgumentHelp(
            "Class names in order: a comma-separated list, a file with one name per line, coco, or voc.",
            valueName: "names"))
    var classes: String?

    @Option(
        help: ArgumentHelp(
            "Keypoint names in order: a comma-separated list, a file with one name per line, or coco.",
            valueName: "names"))
    var keypoints: String?

    @Option(
        help: ArgumentHelp(
            "Input height and width of the model in pixels, as in 640 or 480x640; by default 512.", valueName: "size"))
    var size: InputExtent?

    @OptionGroup var normalization: NormalizationOptions

    @Option(help: "Naming scheme of the tensors in the result.")
    var names = Names.pinpoint

    @Flag(help: "Write a model in 16-bit numbers, half the size.")
    var half = false

    @Option(help: ArgumentHelp("Output file, in safetensors format.", valueName: "file"))
    var output: String

    @OptionGroup var report: ReportOptions

    func validate() throws {
        let colors = normalization.colors
        let saysWhat =
            network != nil || classes != nil || keypoints != nil || size != nil || colors.mean != nil
            || colors.standardDeviation != nil
        if half {
            if names == .published || saysWhat || report.json {
                throw ValidationError("--half takes a model as it is; remove the other options.")
            }
            return
        }
        if names == .pinpoint && (network == nil || classes == nil) {
            throw ValidationError("Give the network and its classes with --network and --classes.")
        }
        if names == .published && saysWhat {
            throw ValidationError(
                "With --names published, all settings are read from the model; remove the other options.")
        }
        if (colors.mean == nil) != (colors.standardDeviation == nil) {
            throw ValidationError("--mean and --std must be given together.")
        }
        try validateInputSize(size, of: network)
    }

    func run() throws {
        let (source, target) = (URL(fileURLWithPath: input), URL(fileURLWithPath: output))
        let lists = [classes, keypoints].compactMap { $0 }.map { URL(fileURLWithPath: $0) }
        try InputFiles(Detector.files(of: source) + lists).requireApart(target)
        if half {
            try Model.load(source).saveHalves(to: target)
            Terminal.standardOutput(terminalLines(["16-bit weights written to \(output)"]) + "\n")
            return
        }
        if names == .published {
            let (file, scheme) = try Model.load(source).published()
            try file.write(to: target)
            if report.json {
                Terminal.standardOutput(
                    JSONValue.object(
                        JSONObject([
                            ("tensors", .integer(file.tensors.count)), ("names", .string(scheme.name)),
                            ("channels", .string(scheme.imagesAreBGR ? "BGR" : "RGB")), ("file", .string(output)),
                        ])
                    ).text(pretty: true) + "\n")
                return
            }
            let order = scheme.imagesAreBGR ? ", for BGR images," : ""
            Terminal.standardOutput(
                terminalLines(["\(file.tensors.count) tensors with \(scheme.name)'s names\(order) written to \(output)"]
                ) + "\n")
            return
        }
        guard let network, let classes else { return }
        var statistics: ImageStatistics?
        if case (let mean?, let standardDeviation?) = normalization.colors {
            statistics = ImageStatistics(mean: mean, standardDeviation: standardDeviation)
        }
        let (model, match) = try Model.converting(
            source, network: network, classNames: try ClassNameList.names(classes),
            skeleton: try keypoints.map(KeypointNameList.skeleton), inputSize: size ?? 512, statistics: statistics)
        try model.save(to: target)
        if report.json {
            Terminal.standardOutput(match.json.text(pretty: true) + "\n")
        } else {
            let numbers = "mean \(model.mean) and standard deviation \(model.standardDeviation) in RGB order"
            Terminal.standardOutput("\(match.text)\n" + terminalLines([numbers, "model written to \(output)"]) + "\n")
        }
    }
}
