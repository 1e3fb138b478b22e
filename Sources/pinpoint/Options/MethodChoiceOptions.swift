import ArgumentParser
import Graphs
import Inspection
import InspectionJobs

/// The explanation methods and the layers that they use.
struct MethodChoiceOptions: ParsableArguments {
    @Option(
        name: .customLong("method"),
        help: ArgumentHelp(
            "\(Method.allCases.map(\.rawValue).joined(separator: ", ")), or all; can be repeated.", valueName: "name"))
    var methods: [String] = []

    @Option(
        name: .customLong("layer"),
        help: ArgumentHelp(
            "Layer name or pattern: * matches within one part of a name, ** across parts; can be repeated. By default the "
                + "end of the backbone, or of the grid that found the object; with --html and --features the ends of all "
                + "stages, with --score three of them.",
            valueName: "name"))
    var layers: [String] = []

    @Option(help: "Random seed.")
    var seed: UInt64 = 1

    @Option(help: "Number of masks for rise.")
    var masks = 1000

    @Option(help: "Number of noisy copies for smooth-grad.")
    var samples = 25

    /// Whether a method or a layer was named.
    var isSet: Bool { !methods.isEmpty || !layers.isEmpty }

    func validate() throws {
        if masks < 1 { throw ValidationError("--masks must be 1 or more.") }
        if samples < 1 { throw ValidationError("--samples must be 1 or more.") }
        _ = try chosenMethods(ifNone: [])
    }

    func apply(to request: inout InspectionRequest, ifNone: [Method] = InspectionRequest.defaultMethods) throws {
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
