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
            resdcn18 --classes coco --output coco.safetensors`. Its first layer is turned round, for CenterNet feeds pictures \
            with blue first, and its mean and deviation of COCO or VOC travel with the model. The other way, `convert Runs/cells \
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
            "The joints that it finds, in order: a list with commas, a file with one a line, or coco.",
            valueName: "names"))
    var joints: String?

    @Option(help: "The side of the model's input in pixels; by default 512.")
    var size: Int?

    @Option(
        help: ArgumentHelp(
            "What is subtracted from red, green and blue in 0...1; by default what goes with the weights.",
            valueName: "r,g,b"))
    var mean: NumberList?

    @Option(help: ArgumentHelp("What the differences are divided by.", valueName: "r,g,b"))
    var deviation: FactorList?

    @Option(help: "Whose names the result has: pinpoint or published.")
    var names = Names.pinpoint

    @Option(help: ArgumentHelp("The result, in the safetensors format.", valueName: "file"))
    var output: String

    @OptionGroup var report: ReportOptions

    func validate() throws {
        let saysWhat =
            network != nil || classes != nil || joints != nil || size != nil || mean != nil || deviation != nil
        if names == .pinpoint && (network == nil || classes == nil) {
            throw ValidationError("Say what the weights are for with --network and --classes.")
        }
        if names == .published && saysWhat {
            throw ValidationError("With --names published the model says what it is; leave the other options away.")
        }
        if (mean == nil) != (deviation == nil) { throw ValidationError("--mean and --deviation go together.") }
        if mean.map({ $0.numbers.count != 3 }) ?? false || deviation.map({ $0.factors.count != 3 }) ?? false {
            throw ValidationError("--mean and --deviation have three numbers each.")
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
                            ("channels", .string(scheme.picturesAreBGR ? "BGR" : "RGB")), ("file", .string(output)),
                        ])
                    ).text(pretty: true) + "\n")
                return
            }
            let order = scheme.picturesAreBGR ? ", for pictures with blue first" : ""
            Terminal.standardOutput(
                "\(file.tensors.count) tensors by \(scheme.name)'s names\(order) are in \(output)\n")
            return
        }
        guard let network, let classes else { return }
        var statistics: PictureStatistics?
        if let mean, let deviation {
            statistics = PictureStatistics(
                mean: mean.numbers.map(Float.init), standardDeviation: deviation.factors.map(Float.init))
        }
        let (model, match) = try Model.converting(
            source, network: network, classNames: try ClassNameList.names(classes),
            skeleton: try joints.map(JointNameList.skeleton), inputSize: size ?? 512, statistics: statistics)
        try model.save(to: target)
        if report.json {
            Terminal.standardOutput(match.json.text(pretty: true) + "\n")
        } else {
            let numbers = "mean \(model.mean) and deviation \(model.standardDeviation), red first"
            Terminal.standardOutput("\(match.text)\n\(numbers)\nthe model is in \(output)\n")
        }
    }
}
