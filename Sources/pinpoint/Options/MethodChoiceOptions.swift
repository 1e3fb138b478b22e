import ArgumentParser
import ExperimentRunner
import Graphs
import Inspection

/// By which methods, and at which layers.
struct MethodChoiceOptions: ParsableArguments {
    @Option(
        name: .customLong("method"),
        help: ArgumentHelp(
            "\(Method.allCases.map(\.rawValue).joined(separator: ", ")), or all; can be repeated.", valueName: "name"))
    var methods: [String] = []

    @Option(
        name: .customLong("layer"),
        help: ArgumentHelp(
            "A layer's name, or a pattern: * stands for a part of a name, ** for any; can be repeated. By default the end of "
                + "the trunk; with --html and --features the ends of all stages, with --score three of them.",
            valueName: "name"))
    var layers: [String] = []

    @Option(help: "What all randomness comes from.")
    var seed: UInt64 = 1

    @Option(help: "How many masks rise draws.")
    var masks = 1000

    @Option(help: "How many noisy copies smooth-grad looks at.")
    var samples = 25

    /// Whether anybody named a method or a layer.
    var isSet: Bool { !methods.isEmpty || !layers.isEmpty }

    func validate() throws {
        if masks < 1 { throw ValidationError("--masks is 1 or more.") }
        if samples < 1 { throw ValidationError("--samples is 1 or more.") }
        _ = try chosenMethods(ifNone: [])
    }

    func apply(to request: inout InspectionRequest, ifNone: [Method] = [.gradCAM]) throws {
        request.methods = try chosenMethods(ifNone: ifNone)
        request.layers = layers.flatMap { $0.split(separator: ",").map(String.init) }
        request.options.seed = seed
        request.options.riseMasks = masks
        request.options.smoothGradSamples = samples
    }

    private func chosenMethods(ifNone: [Method]) throws -> [Method] {
        var chosen: [Method] = []
        for name in methods.flatMap({ $0.split(separator: ",").map(String.init) }) {
            if name == "all" {
                chosen += Method.allCases.filter { $0 != .random && $0 != .centerGaussian }
            } else if let method = Method(named: name) {
                chosen.append(method)
            } else {
                let nearest = nearestNames(to: name, among: Method.allCases.map(\.rawValue))
                throw ValidationError(
                    "There is no method '\(name)'"
                        + (nearest.isEmpty ? "." : "; the nearest are \(nearest.joined(separator: ", "))."))
            }
        }
        var seen: Set<Method> = []
        return chosen.isEmpty ? ifNone : chosen.filter { seen.insert($0).inserted }
    }
}
