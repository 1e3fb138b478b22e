import ArgumentParser
import Graphs
import JSON

/// Pretrained weights, frozen parameters and precision of training.
struct TrainingOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            """
            Start from these weights where they fit: safetensors, a PyTorch file, or a run folder; none for random weights. \
            By default, compact starts from weights included with the program.
            """,
            valueName: "path"))
    var pretrained: String?

    @Option(
        help: ArgumentHelp(
            "Freeze a part of the network, as in backbone or backbone.layer*; can be repeated.",
            valueName: "pattern"))
    var freeze: [String] = []

    @Option(
        help: ArgumentHelp(
            """
            Number format that training computes with: float32, bfloat16 (if the processor supports it) or automatic, the \
            faster of these that the processor supports; same as --set training.precision=.
            """, valueName: "precision"))
    var precision: PrecisionChoice?

    /// These options as settings.
    var overrides: [String] {
        (pretrained.map { ["network.pretrained=\($0)"] } ?? [])
            + (precision.map { ["training.precision=\($0.rawValue)"] } ?? [])
            + (freeze.isEmpty ? [] : ["training.freeze=" + JSONValue.array(freeze.map { .string($0) }).text()])
    }
}
