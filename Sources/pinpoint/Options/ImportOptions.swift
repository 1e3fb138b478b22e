import ArgumentParser
import Boxes
import ExperimentRunner
import Foundation
import Inference

/// How a graph from elsewhere is used.
struct ImportOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "How its outputs become objects: \(DecoderChoice.allCases.map(\.rawValue).joined(separator: ", ")).",
            valueName: "name"))
    var decoder: DecoderChoice?

    @Option(help: ArgumentHelp("Its classes in order: names with commas, a file, coco or voc.", valueName: "names"))
    var classes: String?

    @Option(
        help: ArgumentHelp(
            "The keypoints that CenterNet's heads for them answer with, in order: names with commas, a file, or coco.",
            valueName: "names"))
    var keypoints: String?

    @Option(help: ArgumentHelp("The input's rows and columns in pixels, as in 640 or 480x640.", valueName: "size"))
    var size: MapSize?

    @OptionGroup var normalization: NormalizationOptions

    @Option(help: ArgumentHelp("What full brightness is to the network, as 1 or 255.", valueName: "number"))
    var brightness: Float?

    @Flag(help: "Blue comes first, as in OpenCV.")
    var bgr = false

    @Option(
        help: ArgumentHelp(
            "How images lie in the input: \(ImagePreparation.Fit.allCases.map(\.rawValue).joined(separator: ", ")).",
            valueName: "way"))
    var fit: ImagePreparation.Fit?

    @Option(
        help: ArgumentHelp(
            "Widths and heights of YOLO's anchors in pixels, the finest grid first.", valueName: "numbers")
    )
    var anchors: NumberList?

    @Option(help: ArgumentHelp("The image of what a tracker looks for.", valueName: "image"))
    var template: String?

    @Option(help: ArgumentHelp("Which share of the template's sides the object takes.", valueName: "share"))
    var objectShare = 0.5

    @Option(help: ArgumentHelp("Input pixels between two cells of a tracker's response map.", valueName: "pixels"))
    var responseStride = 8.0

    @Option(
        name: .customLong("until"),
        help: ArgumentHelp(
            "Compute only these values (nodes, tensors), and not what comes after them; can be repeated.",
            valueName: "name"))
    var results: [String] = []

    func validate() throws {
        if let anchors, !anchors.isPositive || anchors.numbers.count % 2 != 0 {
            throw ValidationError("--anchors takes widths and heights above 0.")
        }
        if let brightness, !(brightness > 0 && brightness.isFinite) {
            throw ValidationError("--brightness is above 0.")
        }
        if !(0.01...10).contains(objectShare) { throw ValidationError("--object-share is from 0.01 to 10.") }
        if !(0.5...256).contains(responseStride) { throw ValidationError("--response-stride is from 0.5 to 256.") }
    }

    var request: ImportRequest {
        var request = ImportRequest()
        request.decoder = decoder
        request.classNames = classes
        request.keypoints = keypoints
        request.extent = size.map { InputExtent(rows: $0.rows, columns: $0.columns) }
        (request.mean, request.standardDeviation) = normalization.colors
        request.brightness = brightness
        request.channelOrder = bgr ? .bgr : nil
        request.fit = fit
        request.anchors = anchors?.numbers
        request.template = template.map { URL(fileURLWithPath: $0) }
        request.objectShare = objectShare
        request.responseStride = responseStride
        request.results = results.isEmpty ? nil : results
        return request
    }
}

extension DecoderChoice: ExpressibleByArgument {}
extension ImagePreparation.Fit: ExpressibleByArgument {}
