import ArgumentParser
import Datasets
import ExperimentRunner
import Foundation

/// Which data set.
struct DatasetOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp("The data set; by default the one that the model's run validated on.", valueName: "folder"))
    var voc: String?

    @Option(help: "Which of its splits.")
    var split: String?
}

/// For commands that report to programs as well as to people.
struct ReportOptions: ParsableArguments {
    @Flag(help: "Print the result as JSON.")
    var json = false
}
