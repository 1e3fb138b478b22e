import ArgumentParser
import Graphs
import OneDNNBackend

/// The backend, its precision and its threads.
struct BackendOptions: ParsableArguments {
    @Option(help: "Compute backend: onednn is fast, reference is plain and slow.")
    var backend = BackendChoice.Name.onednn

    @Option(help: "Convolution algorithm of onednn; winograd is for benchmarks.")
    var algorithm = ConvolutionAlgorithm.automatic

    @Option(
        help: ArgumentHelp(
            """
            Number format that onednn computes with: float32, bfloat16 (if the processor supports it), int8 (quantized \
            models) or automatic, the fastest that processor and model support. By default, demo, heatmap and evaluate use \
            automatic; explanations and benchmarks use float32.
            """, valueName: "precision"))
    var precision: PrecisionChoice?

    @OptionGroup var threads: ThreadOptions

    func validate() throws {
        if backend == .reference, let precision, precision != .float32, precision != .automatic {
            throw ValidationError(
                "The reference backend computes only in float32: remove --precision \(precision.rawValue).")
        }
    }

    /// Returns the chosen backend and prepares the process for it.
    ///
    /// - Parameter precision: The precision if `--precision` is not given.
    func choose(_ precision: PrecisionChoice = .float32) -> BackendChoice {
        threads.apply()
        var choice = BackendChoice()
        choice.precision = self.precision ?? precision
        choice.name = backend
        choice.algorithm = algorithm
        choice.prepareProcess()
        return choice
    }
}

extension BackendChoice.Name: ExpressibleByArgument {}
extension ConvolutionAlgorithm: ExpressibleByArgument {}
extension PrecisionChoice: ExpressibleByArgument {}
