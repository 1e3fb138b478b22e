import ArgumentParser
import ExperimentRunner
import Foundation
import Quantization

struct Quantize: ParsableCommand {
    /// How ranges are chosen, by the names that users know.
    enum Calibration: String, CaseIterable, ExpressibleByArgument { case extremes, percentile, entropy }

    static let configuration = CommandConfiguration(
        abstract: "Make a model of 8-bit integers of one of floats.",
        discussion: """
            Normalizations become part of the convolutions before them; images choose the range that each value's bytes stand \
            for; each convolution is quantized alone, to see what it loses, and those that lose most stay in floats until the \
            whole loses no more AP50 than --tolerance. The result is a weights file that every command takes as --model, about a \
            quarter as large; `pinpoint export` writes it with QuantizeLinear and DequantizeLinear. On processors that add \
            products of bytes in 16 bits (x86 without VNNI) weights have 7 bits, so that no sum overflows; the file says so.
            """)

    @Option(help: ArgumentHelp("A run's folder or a weights file.", valueName: "path"))
    var model: String

    @OptionGroup var dataset: DatasetOptions

    @Option(help: ArgumentHelp("The result, in the safetensors format.", valueName: "file"))
    var output: String

    @Option(help: "The split whose images choose the ranges; by default train.")
    var calibrationSplit: String?

    @Option(help: "By how many images ranges are chosen.")
    var images = QuantizationOptions().imageCount

    @Option(
        help: ArgumentHelp(
            "How ranges are chosen: \(Calibration.allCases.map(\.rawValue).joined(separator: ", ")).", valueName: "way")
    )
    var calibration: Calibration?

    @Option(help: "With --calibration percentile, how many percent of all numbers the range holds.")
    var percentile: Double?

    @Option(help: "How much AP50 may be lost.")
    var tolerance = QuantizationOptions().tolerance

    @Option(help: "How many bits a weight has: 8 or 7; by default what this processor multiplies without overflow.")
    var weightBits: Int?

    @Option(
        help: ArgumentHelp(
            "Convolutions that stay in floats, whatever is measured, * being any part of a name, ** any parts; can be repeated.",
            valueName: "name"))
    var keep: [String] = []

    @OptionGroup var backend: BackendOptions

    @OptionGroup var report: ReportOptions

    func validate() throws {
        if !(1...100_000).contains(images) { throw ValidationError("--images is from 1 to 100000.") }
        if !(0...1).contains(tolerance) { throw ValidationError("--tolerance is from 0 to 1.") }
        if let weightBits, weightBits != 7 && weightBits != 8 { throw ValidationError("--weight-bits is 7 or 8.") }
        if let percentile, !(percentile > 50 && percentile <= 100) {
            throw ValidationError("--percentile is above 50, and 100 at most.")
        }
        if percentile != nil, let calibration, calibration != .percentile {
            throw ValidationError("--percentile goes with --calibration percentile.")
        }
    }

    private var options: QuantizationOptions {
        var options = QuantizationOptions()
        options.imageCount = images
        options.tolerance = tolerance
        options.kept = keep
        if let weightBits { options.weightBits = weightBits }
        switch calibration {
        case .extremes: options.method = .extremes
        case .entropy: options.method = .entropy
        case .percentile: options.method = .percentile(percentile ?? 99.999)
        case nil: if let percentile { options.method = .percentile(percentile) }
        }
        return options
    }

    func run() throws {
        var job = QuantizationJob(
            model: URL(fileURLWithPath: model), output: URL(fileURLWithPath: output), backend: backend.choose().backend)
        job.dataset = dataset.voc
        job.split = dataset.split
        job.calibrationSplit = calibrationSplit
        job.options = options
        let result = try job.run(progress: ProgressPrinter())
        Terminal.standardOutput(report.json ? result.json.text(pretty: true) + "\n" : result.text + "\n")
    }
}
