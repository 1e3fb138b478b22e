import ArgumentParser
import Boxes
import DetectorLoading
import Foundation
import Inference

/// How an imported ONNX graph is used.
struct ImportOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Decoder that turns the outputs into objects.",
            valueName: "name"))
    var decoder: DecoderChoice?

    @Option(help: ArgumentHelp("Class names in order: comma-separated names, a file, coco or voc.", valueName: "names"))
    var classes: String?

    @Option(
        help: ArgumentHelp(
            "Keypoint names in order, for CenterNet's keypoint heads: comma-separated names, a file, or coco.",
            valueName: "names"))
    var keypoints: String?

    @Option(help: ArgumentHelp("Input height and width in pixels, as in 640 or 480x640.", valueName: "size"))
    var size: InputExtent?

    @OptionGroup var normalization: NormalizationOptions

    @Option(help: ArgumentHelp("Value of full brightness that the network expects, as 1 or 255.", valueName: "number"))
    var brightness: Float?

    @Flag(help: "Feed images in BGR order, as OpenCV does.")
    var bgr = false

    @Option(
        help: ArgumentHelp(
            "How images are fitted into the input.",
            valueName: "mode"))
    var fit: ImagePreparation.Fit?

    @Option(
        help: ArgumentHelp(
            "Widths and heights of YOLO's anchors in pixels, finest grid first.", valueName: "numbers")
    )
    var anchors: NumberList?

    @Option(help: ArgumentHelp("Image of the object that a tracker looks for.", valueName: "image"))
    var template: String?

    @Option(
        help: ArgumentHelp("Fraction of the template's width and height that the object takes up.", valueName: "share"))
    var objectShare = 0.5

    @Option(
        help: ArgumentHelp("Input pixels between neighbouring cells of a tracker's response map.", valueName: "pixels"))
    var responseStride = 8.0

    @Option(
        name: .customLong("until"),
        help: ArgumentHelp(
            "Compute only up to this node or tensor, instead of the file's outputs; can be repeated.",
            valueName: "name"))
    var results: [String] = []

    func validate() throws {
        if let anchors, !anchors.isPositive || anchors.numbers.count % 2 != 0 {
            throw ValidationError("--anchors must be pairs of width and height above 0.")
        }
        if let brightness, !(brightness > 0 && brightness.isFinite) {
            throw ValidationError("--brightness must be above 0.")
        }
        if !(0.01...10).contains(objectShare) { throw ValidationError("--object-share must be from 0.01 to 10.") }
        if !(0.5...256).contains(responseStride) { throw ValidationError("--response-stride must be from 0.5 to 256.") }
    }

    var request: ImportRequest {
        var request = ImportRequest()
        request.decoder = decoder
        request.classNames = classes
        request.keypoints = keypoints
        request.extent = size
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
