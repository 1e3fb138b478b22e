import ArgumentParser

/// The commands that look at data sets rather than networks.
struct DataCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "data", abstract: "Check, convert, look at and make data sets.",
        subcommands: [DataCheck.self, DataConvert.self, DataPreview.self, DataSynthesize.self])
}
