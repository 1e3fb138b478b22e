import ArgumentParser
import Tensors

/// The program: a tree of commands, each in a file of its own. Each states its name: to make names of types takes milliseconds of every
/// start.
@main
struct Pinpoint: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "pinpoint",
        abstract: "Trains CenterNet detectors, runs them, and shows what they see.",
        discussion: """
            Objects are peaks in a heatmap: images with VOC annotations go in, boxes and heatmaps come out.
            Exit codes: 0 done, 1 failed, 64 wrong usage.
            """,
        version: "0.1.0",
        subcommands: [
            Run.self, Train.self, Evaluate.self, Demo.self, Heatmap.self, Inspect.self, Layers.self, Export.self,
            Quantize.self, Weights.self, Convert.self, DataCommand.self, Bench.self,
        ])

    static func main() {
        Threads.respectLimits()
        do {
            var command = try parseAsRoot()
            do {
                try command.run()
            } catch {
                fail(with: error)
            }
        } catch {
            exit(withError: error)
        }
    }
}
