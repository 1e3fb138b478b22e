import ArgumentParser
import Experiments

struct SettingsReference: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "settings",
        abstract: "List all settings of an experiment with their types, ranges and defaults.",
        discussion: """
            Settings stand in experiment files, section by section, or are changed by --set key=value. `pinpoint run FILE --print` shows \
            an experiment with all of its values.
            \(isAskedFor ? Experiment.reference : "")
            """)

    /// Every start of the program builds the help of all commands; this page is worth its milliseconds only to those who read it.
    private static let isAskedFor = CommandLine.arguments.contains("settings")

    @OptionGroup var report: ReportOptions

    func run() throws {
        Terminal.standardOutput(
            report.json ? Experiment.referenceJSON.text(pretty: true) + "\n" : Experiment.reference + "\n")
    }
}
