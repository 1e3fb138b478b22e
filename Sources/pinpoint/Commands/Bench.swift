import ArgumentParser
import ExperimentRunner
import Foundation
import Graphs
import Networks

struct Bench: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Time a training step or a forward pass on made-up data.",
        discussion: "A training step is forward, losses, backward and an Adam step, with 10 objects a picture.")

    @Option(help: "What is timed: train or infer.")
    var mode = Benchmark.Mode.train

    @Option(help: "One of \(NetworkCatalogue.names.joined(separator: ", ")).")
    var network = "compact"

    @Option(help: "How many classes it knows.")
    var classes = 20

    @Option(help: "The side of its input in pixels.")
    var size = 256

    @Option(help: "Pictures a step.")
    var batch = 8

    @Option(help: "How often it is timed, after one unmeasured run.")
    var runs = 5

    @Flag(help: "Say, too, which layers and kernels the time goes to.")
    var layers = false

    @OptionGroup var backend: BackendOptions

    @OptionGroup var report: ReportOptions

    func validate() throws {
        if classes < 1 { throw ValidationError("--classes is 1 or more.") }
        if size < 32 || size % 32 != 0 { throw ValidationError("--size is a multiple of 32.") }
        if batch < 1 { throw ValidationError("--batch is 1 or more.") }
        if runs < 1 { throw ValidationError("--runs is 1 or more.") }
    }

    func run() throws {
        let benchmark = Benchmark(
            mode: mode, network: NetworkConfiguration(name: network, classCount: classes), inputSize: size,
            batchSize: batch, runs: runs, timesLayers: layers)
        let result = try benchmark.run(on: backend.make())
        Terminal.standardOutput(report.json ? result.json.text(pretty: true) + "\n" : result.text + "\n")
    }
}

extension Benchmark.Mode: ExpressibleByArgument {}
