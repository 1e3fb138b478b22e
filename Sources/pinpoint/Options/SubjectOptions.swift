import ArgumentParser
import Inference
import Inspection
import InspectionJobs

/// Which of a network's outputs are explained.
struct SubjectOptions: ParsableArguments {
    @Option(
        name: .customLong("detection"),
        help: ArgumentHelp("Detection by its number, 0 having the highest score; can be repeated.", valueName: "number")
    )
    var detections: [Int] = []

    @Option(
        name: .customLong("class"),
        help: ArgumentHelp("Highest peak of this class, even below the threshold.", valueName: "name"))
    var className: String?

    @Option(
        name: .customLong("target"),
        help: ArgumentHelp(
            "Any element of an output, as in heatmap,0,12,40: output, channel, row, column; can be repeated.",
            valueName: "element"))
    var targets: [String] = []

    @Option(help: "Maximum number of detections, highest scores first, if none is named.")
    var top = 8

    @Option(help: "Minimum score of a detection.")
    var threshold = 0.3

    @Option(
        name: .customLong("quantity"),
        help: ArgumentHelp(
            "Quantity of a detection: \(DetectedQuantity.allCases.map(\.rawValue).joined(separator: ", ")), box (its edges), "
                + "lengths (all but the score); of its keypoints keypoint-NAME (score), keypoint-NAME-x, keypoint-NAME-y; can be "
                + "repeated.", valueName: "name"))
    var quantities: [String] = []

    @Flag(help: "Also explain the sum of all targets in one more map.")
    var sum = false

    /// Whether any option was given that selects what to explain; the threshold does not count.
    var isSet: Bool {
        !detections.isEmpty || className != nil || !targets.isEmpty || !quantities.isEmpty || sum || top != 8
    }

    func validate() throws {
        let kinds = [!detections.isEmpty, className != nil, !targets.isEmpty].count { $0 }
        if kinds > 1 { throw ValidationError("Give only one of --detection, --class and --target.") }
        for number in detections where number < 0 { throw ValidationError("A detection's number must be 0 or more.") }
        for text in targets where Target(element: text) == nil {
            throw ValidationError("'\(text)' is not OUTPUT,CHANNEL,ROW,COLUMN, as in heatmap,0,12,40.")
        }
        if top < 1 { throw ValidationError("--top must be 1 or more.") }
        if !(0...1).contains(threshold) { throw ValidationError("--threshold must be from 0 to 1.") }
        if !quantities.isEmpty && !targets.isEmpty {
            throw ValidationError("--quantity applies to detections and cannot be combined with --target.")
        }
        _ = try chosenQuantities()
    }

    func apply(to request: inout InspectionRequest) throws {
        request.threshold = threshold
        request.addsSum = sum
        (request.quantities, request.keypoints) = try chosenQuantities()
        if !detections.isEmpty {
            request.subject = .numbered(detections)
        } else if let className {
            request.subject = .bestOfClass(className)
        } else if !targets.isEmpty {
            request.subject = .elements(targets.compactMap { Target(element: $0) })
        } else {
            request.subject = .detections(limit: top)
        }
    }

    private func chosenQuantities() throws -> (boxes: [DetectedQuantity], keypoints: [KeypointQuantity]) {
        if quantities.isEmpty { return ([.score], []) }
        let names = quantities.flatMap { $0.split(separator: ",") }.map(String.init)
        let keypoints = names.compactMap(KeypointQuantity.init(text:))
        let boxes = try names.filter { KeypointQuantity(text: $0) == nil }.flatMap { name -> [DetectedQuantity] in
            switch name {
            case "lengths": return DetectedQuantity.allCases.filter { $0 != .score }
            case "box": return [.left, .top, .right, .bottom]
            default:
                guard let quantity = DetectedQuantity(rawValue: name) else {
                    throw ValidationError(
                        "There is no quantity '\(name)'; choose from "
                            + "\(DetectedQuantity.allCases.map(\.rawValue).joined(separator: ", ")), box, lengths, "
                            + "keypoint-NAME, keypoint-NAME-x and keypoint-NAME-y.")
                }
                return [quantity]
            }
        }
        return (boxes, keypoints)
    }
}
