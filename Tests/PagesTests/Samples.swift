import Boxes
import Foundation
import Images
import Pages
import Tensors

/// Pages with synthetic data that show everything a page can show.
enum Samples {
    /// Names that would end a script, an attribute or an element if they were not escaped.
    static let hostileNames = [
        #"</script><b id="pwned">"#, #"a"b'c&amp;<!--"#, "línea\u{2028}\u{0}\n`${1}`\u{1b}[2J\u{202e}",
    ]

    /// A ramp from `low` at the top left corner to `high` at the bottom right one.
    static func slope(rows: Int, columns: Int, from low: Float = 0, to high: Float = 1) -> Tensor {
        let last = Float(max(1, rows * columns - 1))
        return Tensor([rows, columns], elements: (0..<rows * columns).map { low + (high - low) * Float($0) / last })
    }

    static func heatmap(classCount: Int, rows: Int, columns: Int) -> Tensor {
        let planes = (0..<classCount).flatMap { index in
            // Odd classes fall where even ones rise.
            slope(rows: rows, columns: columns, from: Float(index % 2), to: Float(1 - index % 2)).elements
        }
        return Tensor([classCount, rows, columns], elements: planes)
    }

    /// An image of 96 x 60 pixels for a network input of 64 x 64: two overlapping detections, and one without a finite box.
    static func image(name: String = "first", classCount: Int = 3) -> InspectedImage {
        var pixels = Image(width: 96, height: 60, fill: (r: 120, g: 130, b: 140))
        for x in 20..<50 { for y in 10..<40 { pixels[x, y] = (r: 200, g: 60, b: 50) } }
        var image = InspectedImage(name: name, image: pixels, inputExtent: InputExtent(side: 64))
        image.detections = [
            InspectedDetection(
                classIndex: 0, score: 0.9, box: Box(xMin: 20, yMin: 10, xMax: 50, yMax: 40), peak: (row: 6, column: 5)),
            InspectedDetection(
                classIndex: 1, score: 0.6, box: Box(xMin: 40, yMin: 20, xMax: 80, yMax: 55), note: "false positive"),
            InspectedDetection(classIndex: 2, score: 0.3, box: Box(xMin: .nan, yMin: 0, xMax: 1, yMax: 1)),
        ]
        image.annotations = [
            InspectedAnnotation(classIndex: 0, box: Box(xMin: 21, yMin: 11, xMax: 49, yMax: 41)),
            InspectedAnnotation(classIndex: 2, box: Box(xMin: 60, yMin: 5, xMax: 75, yMax: 18), note: "missed"),
        ]
        image.predictedHeatmap = heatmap(classCount: classCount, rows: 16, columns: 16)
        image.groundTruthHeatmap = Tensor([classCount, 16, 16])
        image.features = [
            InspectedLayer(
                layer: "backbone.layer1", reductions: [("mean", slope(rows: 16, columns: 16, from: 3, to: 1))],
                components: Image(width: 16, height: 16, fill: (r: 10, g: 200, b: 90))),
            InspectedLayer(
                layer: "backbone.layer2",
                reductions: [("mean", slope(rows: 8, columns: 8)), ("norm", slope(rows: 8, columns: 8, to: 9))]),
        ]
        image.explanations = explanations
        return image
    }

    private static var explanations: [InspectedExplanation] {
        var broken = slope(rows: 8, columns: 8, from: -2, to: 2)
        broken[0, 0] = .nan
        broken[7, 7] = .infinity
        return [
            InspectedExplanation(
                detection: 0, method: "Grad-CAM", layer: "backbone.layer1",
                map: slope(rows: 16, columns: 16, from: -1, to: 3),
                milliseconds: 12.5),
            InspectedExplanation(
                detection: 0, method: "Grad-CAM", layer: "backbone.layer2", map: slope(rows: 8, columns: 8, to: 8)),
            InspectedExplanation(detection: 0, method: "LayerCAM", layer: "backbone.layer2", map: broken),
            InspectedExplanation(
                detection: 0, target: "width", method: "Grad-CAM", layer: "backbone.layer2",
                map: slope(rows: 8, columns: 8, from: 16, to: 5)),
            InspectedExplanation(
                detection: 1, method: "Grad-CAM", layer: "backbone.layer1", map: Tensor([16, 16], repeating: 0.25),
                flatness: "flat: this layer does not contribute to the target"),
            InspectedExplanation(
                detection: nil, target: "all detections", method: "Grad-CAM", layer: "backbone.layer1",
                map: slope(rows: 16, columns: 16, from: -3, to: -1)),
        ]
    }

    /// Two images with hostile names.
    static var page: InspectorPage {
        var second = InspectedImage(
            name: hostileNames[0], image: Image(width: 3, height: 90, fill: (r: 1, g: 2, b: 3)),
            inputExtent: InputExtent(side: 32))
        second.predictedHeatmap = heatmap(classCount: 3, rows: 8, columns: 8)
        return InspectorPage(
            title: "Title \(hostileNames[0])", subtitle: hostileNames[1], classNames: hostileNames,
            images: [image(), second])
    }
}
