import ArgumentParser
import ExperimentRunner

/// What happens where there is a run of this name already.
struct RunStartOptions: ParsableArguments {
    @Flag(help: "Resume the run from its last checkpoint, with its number of threads unless --threads gives another.")
    var resume = false

    @Flag(help: "Replace a run of the same name: its weights, log, figures and drawings are removed.")
    var replace = false

    func validate() throws {
        if resume && replace { throw ValidationError("Give either --resume or --replace.") }
    }

    var start: RunStart { resume ? .resuming : replace ? .replacing : .fresh }
}
