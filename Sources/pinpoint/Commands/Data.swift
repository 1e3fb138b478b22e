import ArgumentParser

/// The commands for data sets.
struct DataCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "data", abstract: "Check, convert, preview and create data sets.",
        subcommands: [DataCheck.self, DataConvert.self, DataPreview.self, DataSynthesize.self])
}
