import ArgumentParser
import Datasets
import ExperimentRunner
import Foundation
import JSON
import Networks

struct Convert: ParsableCommand {
    /// Whose names the tensors of the result have.
    enum Names: String, CaseIterable, ExpressibleByArgument { case pinpoint, published }

    static let configuration = CommandConfiguration(
        commandName: "convert",
        abstract: "Make a model of another program's weights, or weights for another program of a model.",
        discussion: """
            A checkpoint of CenterNet's becomes a model that every command takes: `convert ctdet_coco_resdcn18.pth --network \
            resdcn18 --classes coco --output coco.safetensors`. Its first layer is turned round, for CenterNet feeds images \
            with blue first, and its mean and standard deviation of COCO or VOC travel with the model. The other way, `convert Runs/cells \
            --names published --output cells.safetensors` gives a model's weights CenterNet's names, and blue first again.
            """)

    @Argument(
        help: ArgumentHelp("A weights file; with --names published, a run's folder or a model.", valueName: "path"))
    var input: String

    @Option(help: "The network that the weights are for: \(NetworkCatalogue.names.joined(separator: ", ")).")
    var network: String?

    @Option(
        help: ArgumentHelp(
            "Its classes in order: a list with commas, a file with one a line, coco, or voc.", valueName: "names"))
    var classes: String?

    @Option(
        help: ArgumentHelp(
            "The keypoints that it finds, in order: a list with commas, a file with one a line, or coco.",
            valueName: "names"))
    var keypoints: String?

    @Option(help: "The side of the model's input in pixels; by default 512.")
    var size: Int?

    @OptionGroup var normalization: NormalizationOptions

    @Option(help: "Whose names the result has: pinpoint or published.")
    var names = Names.pinpoint

    @Option(help: ArgumentHelp("The result, in the safetensors format.", valueName: "file"))
    var output: String

    @OptionGroup var report: ReportOptions

    func validate() throws {
        let colors = normalization.colors
        let saysWhat =
            network != nil || classes != nil || keypoints != nil || size != nil || colors.mean != nil
            || colors.standardDeviation != nil
        if names == .pinpoint && (network == nil || classes == nil) {
            throw ValidationError("Say what the weights are for with --network and --classes.")
        }
        if names == .published && saysWhat {
            throw ValidationError("With --names published the model says what it is; leave the other options away.")
        }
        if (colors.mean == nil) != (colors.standardDeviation == nil) {
            throw ValidationError("--mean and --std go together.")
        }
        try validateInputSize(size, of: network)
    }

    func run() throws {
        let (source, target) = (URL(fileURLWithPath: input), URL(fileURLWithPath: output))
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
            let order = scheme.imagesAreBGR ? ", for images with blue first" : ""
            Terminal.standardOutput(
                "\(file.tensors.count) tensors by \(scheme.name)'s names\(order) are in \(output)\n")
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
            let numbers = "mean \(model.mean) and standard deviation \(model.standardDeviation), red first"
            Terminal.standardOutput("\(match.text)\n\(numbers)\nthe model is in \(output)\n")
        }
    }
}
