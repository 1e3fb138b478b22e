import ArgumentParser
import Graphs
import JSON

/// What training starts from, what it leaves alone, and what it computes with.
struct TrainingOptions: ParsableArguments {
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

    @Option(
        help: ArgumentHelp(
            """
            The numbers that training computes with: float32, bfloat16 (where the processor has it) or automatic, the faster \
            of these that the processor has; as --set training.precision=.
            """, valueName: "precision"))
    var precision: PrecisionChoice?

    /// The settings that say so.
    var overrides: [String] {
        (pretrained.map { ["network.pretrained=\($0)"] } ?? [])
            + (precision.map { ["training.precision=\($0.rawValue)"] } ?? [])
            + (freeze.isEmpty ? [] : ["training.freeze=" + JSONValue.array(freeze.map { .string($0) }).text()])
    }
}
