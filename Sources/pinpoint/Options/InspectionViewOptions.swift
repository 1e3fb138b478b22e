import ArgumentParser
import ExperimentRunner

/// What is shown of a network beside explanations.
struct InspectionViewOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Show layers themselves: \(FeatureJob.Reduction.allCases.map(\.rawValue).joined(separator: ", ")), or all.",
            valueName: "names"))
    var features: String?

    @Option(help: "How many channels --features channels shows.")
    var count = 16

    @Option(help: ArgumentHelp("Put everything on one page.", valueName: "file"))
    var html: String?

    @Flag(help: "Show the way from heatmap to boxes, step by step, and why annotated objects were missed.")
    var decode = false

    @Flag(help: "Measure on an annotated split which method explains this network best.")
    var score = false

    @Option(help: "How many images of the split --score looks at, from the first on.")
    var limit = 20

    @Flag(help: "Take the images of a folder one by one, not as a sequence.")
    var each = false

    @Option(help: "Take every so-manyth frame of a sequence.")
    var every = 1

    @Option(help: "At most so many frames of a sequence; by default all.")
    var frames: Int?

    func validate() throws {
        if every < 1 { throw ValidationError("--every is 1 or more.") }
        if let frames, frames < 1 { throw ValidationError("--frames is 1 or more.") }
        if count < 1 { throw ValidationError("--count is 1 or more.") }
        if limit < 1 { throw ValidationError("--limit is 1 or more.") }
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
                    "There is no reduction '\(name)'; there are "
                        + "\(FeatureJob.Reduction.allCases.map(\.rawValue).joined(separator: ", ")) and all.")
            }
            return reduction
        }
    }
}
