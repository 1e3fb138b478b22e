import ArgumentParser
import ExperimentRunner
import Graphs
import OneDNNBackend

/// What computes.
struct BackendOptions: ParsableArguments {
    @Option(help: "What computes: onednn (fast) or reference (plain).")
    var backend = BackendChoice.Name.onednn

    @Option(help: "How onednn computes convolutions; winograd is for measuring.")
    var algorithm = ConvolutionAlgorithm.automatic

    @Option(
        help: ArgumentHelp(
            """
            The numbers that onednn computes with: float32, bfloat16 (where the processor has it), int8 (quantized models) or \
            automatic, the fastest that suits processor and model. Without it demo, heatmap and evaluate take automatic, \
            explanations and benchmarks float32.
            """, valueName: "precision"))
    var precision: PrecisionChoice?

    @OptionGroup var threads: ThreadOptions

    func validate() throws {
        if backend == .reference, let precision, precision != .float32, precision != .automatic {
            throw ValidationError(
                "The reference backend computes in float32: leave --precision \(precision.rawValue) out.")
        }
    }

    /// The choice, with the program made ready for it.
    ///
    /// - Parameter precision: That of a command to which nobody says one.
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
