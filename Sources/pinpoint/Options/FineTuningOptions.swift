import ArgumentParser
import JSON

/// What training starts from, and what it leaves alone.
struct FineTuningOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Start from these weights, as far as they fit: safetensors, a PyTorch file, a run's folder.",
            valueName: "path"))
    var pretrained: String?

    @Option(
        help: ArgumentHelp(
            "Leave a part of the network as it is, as in backbone or backbone.layer*; can be repeated.",
            valueName: "pattern"))
    var freeze: [String] = []

    /// The settings that say so.
    var overrides: [String] {
        (pretrained.map { ["network.pretrained=\($0)"] } ?? [])
            + (freeze.isEmpty ? [] : ["training.freeze=" + JSONValue.array(freeze.map { .string($0) }).text()])
    }
}
