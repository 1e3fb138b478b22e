import ArgumentParser

/// The commands for data sets.
struct DataCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "data", abstract: "Check, audit, convert, preview and create data sets.",
        subcommands: [
            DataCheck.self, DataAudit.self, DataAdvise.self, DataConvert.self, DataPreview.self, DataSynthesize.self,
        ])
}
