import ArgumentParser
import Foundation
import Jobs
import Quantization

struct Quantize: ParsableCommand {
    /// Calibration methods, by their names on the command line.
    enum Calibration: String, CaseIterable, ExpressibleByArgument { case extremes, percentile, entropy }

    static let configuration = CommandConfiguration(
        abstract: "Quantize a model to 8-bit integers.",
        discussion: """
            Batch normalization is folded into the preceding convolutions; the range of each activation is calibrated on \
            images; each convolution is quantized alone to measure its error, and those with the largest errors stay in \
            float until the model loses no more AP50 than --tolerance. The result is a weights file that every command \
            accepts as --model, about a quarter of the size; `pinpoint export` writes it with QuantizeLinear and \
            DequantizeLinear. On processors that add products of bytes in 16 bits (x86 without VNNI), weights have 7 bits so \
            that no sum overflows; the file records this.
            """)

    @Option(help: ArgumentHelp("Run folder or weights file.", valueName: "path"))
    var model: String

    @OptionGroup var dataset: DatasetOptions

    @Option(help: ArgumentHelp("Output file, in safetensors format.", valueName: "file"))
    var output: String

    @Option(help: "Split used for calibration; by default train.")
    var calibrationSplit: String?

    @Option(help: "Number of calibration images.")
    var images = QuantizationOptions().imageCount

    @Option(
        help: ArgumentHelp(
            "Calibration method.", valueName: "method")
    )
    var calibration: Calibration?

    @Option(help: "With --calibration percentile, the percentage of values within the range.")
    var percentile: Double?

    @Option(help: "Maximum loss of AP50.")
    var tolerance = QuantizationOptions().tolerance

    @Option(help: "Bits per weight, 8 or 7; by default what this processor multiplies without overflow.")
    var weightBits: Int?

    @Option(
        help: ArgumentHelp(
            "Convolutions to keep in float; * matches within one part of a name, ** across parts; can be repeated.",
            valueName: "name"))
    var keep: [String] = []

    @OptionGroup var backend: BackendOptions

    @OptionGroup var report: ReportOptions

    func validate() throws {
        if !(1...100_000).contains(images) { throw ValidationError("--images must be from 1 to 100000.") }
        if !(0...1).contains(tolerance) { throw ValidationError("--tolerance must be from 0 to 1.") }
        if let weightBits, weightBits != 7 && weightBits != 8 { throw ValidationError("--weight-bits must be 7 or 8.") }
        if let percentile, !(percentile > 50 && percentile <= 100) {
            throw ValidationError("--percentile must be above 50 and at most 100.")
        }
        if percentile != nil, let calibration, calibration != .percentile {
            throw ValidationError("--percentile requires --calibration percentile.")
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
        job.dataset = dataset.data
        job.split = dataset.split
        job.calibrationSplit = calibrationSplit
        job.options = options
        let result = try job.run(progress: ProgressPrinter().report)
        Terminal.standardOutput(report.json ? result.json.text(pretty: true) + "\n" : result.text + "\n")
    }
}
