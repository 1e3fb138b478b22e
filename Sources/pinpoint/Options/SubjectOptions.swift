import ArgumentParser
import ExperimentRunner
import Inference
import Inspection

/// Which of a network's answers are explained.
struct SubjectOptions: ParsableArguments {
    @Option(
        name: .customLong("detection"),
        help: ArgumentHelp("A detection by its number, the surest is 0; can be repeated.", valueName: "number"))
    var detections: [Int] = []

    @Option(
        name: .customLong("class"),
        help: ArgumentHelp("The highest peak of a class, however low.", valueName: "name"))
    var className: String?

    @Option(
        name: .customLong("target"),
        help: ArgumentHelp(
            "Any element of an output, as in heatmap,0,12,40: output, channel, row, column; can be repeated.",
            valueName: "element"))
    var targets: [String] = []

    @Option(help: "At most so many detections, the surest, when none is named.")
    var top = 8

    @Option(help: "The lowest score of what counts as a detection.")
    var threshold = 0.3

    @Option(
        name: .customLong("quantity"),
        help: ArgumentHelp(
            "What of a detection: \(DetectedQuantity.allCases.map(\.rawValue).joined(separator: ", ")), box (its edges), "
                + "lengths (all but the score); of its keypoints keypoint-NAME (how sure), keypoint-NAME-x, keypoint-NAME-y; can be "
                + "repeated.", valueName: "name"))
    var quantities: [String] = []

    @Flag(help: "Explain all targets together, too, in one more map.")
    var sum = false

    /// Whether anybody said what is explained; the threshold apart, which is about what counts as found.
    var isSet: Bool {
        !detections.isEmpty || className != nil || !targets.isEmpty || !quantities.isEmpty || sum || top != 8
    }

    func validate() throws {
        let kinds = [!detections.isEmpty, className != nil, !targets.isEmpty].count { $0 }
        if kinds > 1 { throw ValidationError("Give only one of --detection, --class and --target.") }
        for number in detections where number < 0 { throw ValidationError("A detection's number is 0 or more.") }
        for text in targets where Target(element: text) == nil {
            throw ValidationError("'\(text)' is not OUTPUT,CHANNEL,ROW,COLUMN, as in heatmap,0,12,40.")
        }
        if top < 1 { throw ValidationError("--top is 1 or more.") }
        if !(0...1).contains(threshold) { throw ValidationError("--threshold is from 0 to 1.") }
        if !quantities.isEmpty && !targets.isEmpty {
            throw ValidationError("--quantity goes with detections, not with --target.")
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
                        "There is no quantity '\(name)'; there are "
                            + "\(DetectedQuantity.allCases.map(\.rawValue).joined(separator: ", ")), box, lengths, and of "
                            + "keypoints keypoint-NAME, keypoint-NAME-x and keypoint-NAME-y.")
                }
                return [quantity]
            }
        }
        return (boxes, keypoints)
    }
}
