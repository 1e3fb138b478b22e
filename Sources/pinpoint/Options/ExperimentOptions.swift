import ArgumentParser
import ExperimentRunner
import Foundation

/// Which experiment is meant: a file, or a folder of images with everything else at its default; changed by `--set`.
struct ExperimentOptions: ParsableArguments {
    @Argument(help: "An experiment file (JSON, comments allowed), or a data set.")
    var experiment: String?

    @Option(help: ArgumentHelp("A data set to learn from; takes the file's place.", valueName: "folder"))
    var voc: String?

    @Option(help: "Names the run and its folder.")
    var name: String?

    @Option(
        name: .customLong("set"),
        help: ArgumentHelp("Changes a setting; can be repeated.", valueName: "key=value"))
    var overrides: [String] = []

    func validate() throws {
        if experiment == nil && voc == nil {
            throw ValidationError("Name an experiment file, or a data set with --voc.")
        }
    }

    /// The experiment with everything that the command line says about it.
    func load(_ training: TrainingOptions? = nil) throws -> Experiment {
        var changes = overrides + (training?.overrides ?? [])
        if let name { changes.insert("name=\(name)", at: 0) }
        if let voc { changes.insert("dataset.root=\(voc)", at: 0) }
        if let experiment, isFolder(experiment) { return try Experiment(dataset: experiment, overrides: changes) }
        if let experiment { return try Experiment(contentsOf: URL(fileURLWithPath: experiment), overrides: changes) }
        return try Experiment(dataset: voc ?? "", overrides: changes)
    }

    private func isFolder(_ path: String) -> Bool {
        (try? URL(fileURLWithPath: path).resourceValues(forKeys: [.isDirectoryKey]).isDirectory) ?? false
    }
}
