import ArgumentParser
import ExperimentRunner
import Graphs
import OneDNNBackend

/// What computes.
struct BackendOptions: ParsableArguments {
    @Option(help: "What computes: onednn (fast) or reference (plain).")
    var backend = BackendChoice.Name.onednn

    @Option(help: "How onednn computes convolutions: automatic or direct.")
    var algorithm = ConvolutionAlgorithm.automatic

    func make() -> any Backend {
        var choice = BackendChoice()
        choice.name = backend
        choice.algorithm = algorithm
        return choice.backend
    }
}

extension BackendChoice.Name: ExpressibleByArgument {}
extension ConvolutionAlgorithm: ExpressibleByArgument {}
