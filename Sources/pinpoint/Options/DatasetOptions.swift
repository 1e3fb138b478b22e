import ArgumentParser
import Datasets
import Foundation

/// A data set and one of its splits.
struct DatasetOptions: ParsableArguments {
    @Option(
        name: [.customLong("data"), .customLong("voc")],
        help: ArgumentHelp("Data set; by default the one that the model's run was validated on.", valueName: "folder"))
    var data: String?

    @Option(help: "Split of the data set.")
    var split: String?
}

/// Machine-readable output.
struct ReportOptions: ParsableArguments {
    @Flag(help: "Print the result as JSON.")
    var json = false
}
