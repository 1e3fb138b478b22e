import ArgumentParser
import InspectionJobs

/// Views of a network other than explanations.
struct InspectionViewOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Show the activations of layers, reduced over channels: \(FeatureJob.Reduction.allCases.map(\.rawValue).joined(separator: ", ")), or all.",
            valueName: "names"))
    var features: String?

    @Option(help: "Number of channels that --features channels shows.")
    var count = 16

    @Option(help: ArgumentHelp("Write everything to one interactive page.", valueName: "file"))
    var html: String?

    @Flag(help: "Show step by step how the heatmap becomes boxes, and why annotated objects were missed.")
    var decode = false

    @Flag(help: "Measure on an annotated split which method explains this network best.")
    var score = false

    @Option(help: "Number of images that --score uses, from the start of the split.")
    var limit = 20

    @Flag(help: "Inspect each image of a folder on its own, not as a sequence.")
    var each = false

    @Option(help: "Process every Nth frame of a sequence.")
    var every = 1

    @Option(help: "Maximum number of frames of a sequence; by default all.")
    var frames: Int?

    func validate() throws {
        if every < 1 { throw ValidationError("--every must be 1 or more.") }
        if let frames, frames < 1 { throw ValidationError("--frames must be 1 or more.") }
        if count < 1 { throw ValidationError("--count must be 1 or more.") }
        if limit < 1 { throw ValidationError("--limit must be 1 or more.") }
        if [features != nil, html != nil, decode, score].count(where: { $0 }) > 1 {
            throw ValidationError("Give only one of --features, --html, --decode and --score.")
        }
        _ = try reductions()
    }

    func reductions() throws -> [FeatureJob.Reduction]? {
        guard let features else { return nil }
        if features == "all" { return FeatureJob.Reduction.allCases }
        return try features.split(separator: ",").map { name in
            guard let reduction = FeatureJob.Reduction(rawValue: String(name)) else {
                throw ValidationError(
                    "There is no reduction '\(name)'; choose from "
                        + "\(FeatureJob.Reduction.allCases.map(\.rawValue).joined(separator: ", ")) and all.")
            }
            return reduction
        }
    }
}
