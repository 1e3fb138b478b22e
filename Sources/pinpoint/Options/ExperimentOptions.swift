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

    @Option(help: "Name of the run and of its folder.")
    var name: String?

    @Option(
        name: .customLong("set"),
        help: ArgumentHelp("Change a setting; can be repeated.", valueName: "key=value"))
    var overrides: [String] = []

    func validate() throws {
        if experiment == nil && data == nil {
            throw ValidationError("Give an experiment file, or a data set with --data.")
        }
    }

    /// Loads the experiment and applies the settings of the command line.
    func load(_ training: TrainingOptions? = nil) throws -> Experiment {
        var changes = overrides + (training?.overrides ?? [])
        if let name { changes.insert("name=\(name)", at: 0) }
        if let experiment, !isFolder(experiment) {
            return try Experiment(contentsOf: URL(fileURLWithPath: experiment), dataset: data, overrides: changes)
        }
        return try Experiment(dataset: data ?? experiment ?? "", overrides: changes)
    }

    /// Whether neither an experiment file nor `--set` says anything about input size, epochs and batch size.
    var leavesSizesOpen: Bool {
        if let experiment, !isFolder(experiment) { return false }
        let keys = overrides.map { $0.prefix { $0 != "=" } }
        return !keys.contains {
            ["input", "input.size", "training", "training.epochs", "training.batchSize"].contains($0)
        }
    }

    private func isFolder(_ path: String) -> Bool {
        (try? URL(fileURLWithPath: path).resourceValues(forKeys: [.isDirectoryKey]).isDirectory) ?? false
    }
}
