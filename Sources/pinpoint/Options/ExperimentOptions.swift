import ArgumentParser
import Experiments
import Foundation

/// The experiment: a file, or a data set with every other setting at its default; `--set` changes settings.
struct ExperimentOptions: ParsableArguments {
    @Argument(help: "Experiment file (JSON, comments allowed), or a data set.")
    var experiment: String?

    @Option(
        name: [.customLong("data"), .customLong("voc")],
        help: ArgumentHelp(
            "Data set to train on, instead of the experiment file's; its classes and splits are found anew.",
            valueName: "folder"))
    var data: String?

    @Option(
        help: ArgumentHelp(
            "Start from a run: with its settings and its best weights; named NAME-continued unless --name is given.",
            valueName: "run"))
    var from: String?

    @Option(help: "Name of the run and of its folder; without it, a second run of the same name gets a number.")
    var name: String?

    @Option(
        name: .customLong("set"),
        help: ArgumentHelp("Change a setting; can be repeated.", valueName: "key=value"))
    var overrides: [String] = []

    func validate() throws {
        if experiment == nil && data == nil && from == nil {
            throw ValidationError("Give an experiment file, a data set with --data, or a run with --from.")
        }
        if experiment != nil && from != nil {
            throw ValidationError("Give either an experiment file or --from; --data names another data set.")
        }
    }

    /// Whether the command line names the run.
    var hasChosenName: Bool { name != nil || overrides.contains { $0.hasPrefix("name=") } }

    /// Loads the experiment and applies the settings of the command line.
    func load(_ training: TrainingOptions? = nil) throws -> Experiment {
        var changes = overrides + (training?.overrides ?? [])
        if let name { changes.insert("name=\(name)", at: 0) }
        if let from {
            return try Experiment(continuing: URL(fileURLWithPath: from), dataset: data, overrides: changes)
        }
        if let experiment, !isFolder(experiment) {
            return try Experiment(contentsOf: URL(fileURLWithPath: experiment), dataset: data, overrides: changes)
        }
        return try Experiment(dataset: data ?? experiment ?? "", overrides: changes)
    }

    /// Whether neither an experiment file nor `--set` says anything about input size, epochs and batch size.
    var leavesSizesOpen: Bool {
        if from != nil { return false }
        if let experiment, !isFolder(experiment) { return false }
        let keys = overrides.map { $0.prefix { $0 != "=" } }
        return !keys.contains {
            ["input", "input.size", "training", "training.epochs", "training.batchSize"].contains($0)
        }
    }

    /// Whether `--set` says nothing about losses.
    var leavesLossOpen: Bool { !overrides.contains { $0.hasPrefix("loss") } }

    private func isFolder(_ path: String) -> Bool {
        (try? URL(fileURLWithPath: path).resourceValues(forKeys: [.isDirectoryKey]).isDirectory) ?? false
    }
}
