import ArgumentParser

/// The commands that look at data sets rather than networks.
struct DataCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "data", abstract: "Check, look at and make data sets.",
        subcommands: [DataCheck.self, DataPreview.self, DataSynthesize.self])
}
