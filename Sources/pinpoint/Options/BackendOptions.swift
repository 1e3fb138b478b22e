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

    @OptionGroup var threads: ThreadOptions

    /// The choice, with the program made ready for it.
    func choose() -> BackendChoice {
        threads.apply()
        var choice = BackendChoice()
        choice.name = backend
        choice.algorithm = algorithm
        choice.prepareProcess()
        return choice
    }
}

extension BackendChoice.Name: ExpressibleByArgument {}
extension ConvolutionAlgorithm: ExpressibleByArgument {}
