import ArgumentParser
import Interruption
import Tensors

/// The program: a tree of commands, each in its own file. Each command states its name, since deriving names from types takes
/// milliseconds at every start.
@main
struct Pinpoint: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "pinpoint",
        abstract: "Train, run and explain CenterNet object detectors.",
        discussion: """
            CenterNet detects objects as peaks in a heatmap. Training takes annotated images; the results are boxes and heatmaps.
            Exit codes: 0 success, 1 failure, 64 wrong usage, 130 Ctrl-C, 143 SIGTERM.
            """,
        version: "0.1.0",
        subcommands: [
            Run.self, Train.self, SweepCommand.self, Evaluate.self, Demo.self, Heatmap.self, Inspect.self, Layers.self,
            Export.self,
            Quantize.self, Weights.self, Convert.self, DataCommand.self, Bench.self,
            SettingsReference.self,
        ])

    static func main() {
        Terminal.prepare()
        Signals.watch()
        Threads.respectLimits()
        do {
            var command = try parseAsRoot()
            do {
                try command.run()
                Terminal.finish()
            } catch {
                fail(with: error)
            }
        } catch {
            leave(withParsing: error)
        }
    }
}
