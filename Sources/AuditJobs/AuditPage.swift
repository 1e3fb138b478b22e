import Auditing
import Boxes
import Datasets
import Foundation
import Images
import Interruption
import Pages
import Visualization

/// A page with the first suspects: the annotation and the network's box, on a part of the image.
package struct AuditPage {
    package let result: AuditResult
    package let folds: Int?

    /// The most suspects shown; the list has all.
    private static let shown = 120

    private var dataset: DetectionDataset { result.dataset }

    /// Returns the page.
    ///
    /// - Parameter progress: Called after each drawn suspect.
    package func document(progress: (_ finished: Int, _ count: Int) throws -> Void) throws -> String {
        let shown = Array(result.suspects.prefix(Self.shown))
        var page = ReportPage(title: "Audit of \(dataset.split)", subtitle: subtitle)
        page.add([.cards(cards)])
        page.add([.element("p", "", Self.explanation), Self.legend])
        let drawings = try drawings(of: shown, progress: progress)
        page.add(
            "The first \(shown.count)",
            [.element("div", "class=\"tiles\"", zip(shown, drawings).enumerated().map { tile($0, $1.0, $1.1) })])
        return page.document
    }

    private var subtitle: String {
        let how = folds.map { "each by a network trained on the other \($0 - 1) of \($0) folds" } ?? "by one network"
        return
            "\(result.imageCount) images, audited \(how); \(result.suspects.count) annotated or proposed objects are ranked"
    }

    private var cards: [(name: String, value: String)] {
        let marked = result.marked
        return Suspect.Kind.allCases.map { kind in (kind.rawValue, "\(marked.count { $0.kind == kind })") }
    }

    private static let explanation = """
        The score says how strongly the network disagrees with an annotation: minus the logarithm of the probability of what is \
        annotated. A network can be wrong, too: look before you change an annotation. The numbers above count scores from \
        \(AuditResult.markedScore) on, which are marked in the annotations of the folder Annotations.
        """

    private static let (annotationColor, detectionColor) = (
        Color(red: 0.94, green: 0.89, blue: 0.26), Color(red: 0.34, green: 0.71, blue: 0.91)
    )

    private static var legend: HTML {
        func entry(_ name: String, _ color: Color, _ attributes: String) -> HTML {
            .element("span", "", [.element("b", "\(attributes)style=\"border-color: \(color.css)\"", ""), HTML(name)])
        }
        return .element(
            "div", "class=\"legend\"",
            [
                entry("annotated", annotationColor, "class=\"dashed\" "), entry("detected", detectionColor, ""),
            ])
    }

    /// Draws the suspects, each image read once; nil where an image cannot be read any more.
    private func drawings(
        of suspects: [Suspect], progress: (_ finished: Int, _ count: Int) throws -> Void
    ) throws -> [String?] {
        var drawings = [String?](repeating: nil, count: suspects.count)
        var finished = 0
        try Dictionary(grouping: suspects.indices) { suspects[$0].image }.sorted { $0.key < $1.key }
            .forEachUntilInterrupted { image, members in
                let pixels = try? Image(contentsOf: dataset.samples[image].imageURL)
                for index in members {
                    drawings[index] = try pixels.map { try drawing(suspects[index], on: $0) }
                    finished += 1
                    try progress(finished, suspects.count)
                }
            }
        return drawings
    }

    private func drawing(_ suspect: Suspect, on image: Image) throws -> String {
        let annotation = suspect.object.map { dataset.samples[suspect.image].objects[$0] }
        let boxes = [annotation?.box, suspect.suggestion?.box].compactMap { $0 }
        let part = CropWindow(around: boxes, width: image.width, height: image.height)
        let crop = image.cropped(columns: part.columns, rows: part.rows)
        var labelled: [LabelledBox] = []
        if let suggestion = suspect.suggestion {
            labelled.append(
                LabelledBox(
                    box: part.moved(suggestion.box),
                    label: String(format: "%@ %.2f", dataset.classNames[suggestion.classIndex], suggestion.score),
                    color: Self.detectionColor))
        }
        if let annotation {
            labelled.append(
                LabelledBox(
                    box: part.moved(annotation.box), label: annotation.className, color: Self.annotationColor,
                    dashed: true))
        }
        return try EmbeddedData.address(of: drawBoxes(on: crop, labelled, minimumSide: 360).image(), longerSide: 480)
    }

    private func tile(_ number: Int, _ suspect: Suspect, _ drawing: String?) -> HTML {
        let lines = SuspectLines(dataset: dataset)
        let sample = dataset.samples[suspect.image]
        let (annotated, detected) = (lines.annotated(suspect) ?? "", lines.detected(suspect) ?? "")
        let sentence =
            switch suspect.kind {
            case .missing: "missing: \(detected) is detected, but not annotated"
            case .spurious: "spurious: \(annotated) is annotated, but hardly detected"
            case .misplaced: "misplaced: \(annotated) is detected elsewhere"
            case .misnamed: "misnamed: \(annotated) is detected as \(detected)"
            }
        let alternative = HTML("\(sample.id): \(sentence)").text
        let image = drawing.map { [HTML(markup: "<img alt=\"\(alternative)\" src=\"\($0)\">")] } ?? []
        return .element(
            "div", "class=\"tile\"",
            image + [
                .element(
                    "span", "",
                    [
                        HTML("\(number + 1). \(sentence)"),
                        .element("i", "", String(format: "%@, score %.2f", sample.id, suspect.score)),
                    ])
            ])
    }
}

/// The part of an image around some boxes, with surroundings that show what they are boxes of.
package struct CropWindow {
    package let columns, rows: Range<Int>

    /// The smallest part, in pixels.
    private static let smallestSide = 64.0

    /// - Parameter boxes: At least one; parts outside the image are cut off.
    package init(around boxes: [Box<ImagePixels>], width: Int, height: Int) {
        func range(_ low: Double, _ high: Double, _ limit: Int) -> Range<Int> {
            let margin = max(0.4 * (high - low), (Self.smallestSide - (high - low)) / 2)
            let first = min(max(0, Int((low - margin).rounded(.down))), limit - 1)
            return first..<min(max(first + 1, Int((high + margin).rounded(.up))), limit)
        }
        columns = range(boxes.map(\.xMin).min() ?? 0, boxes.map(\.xMax).max() ?? Double(width), width)
        rows = range(boxes.map(\.yMin).min() ?? 0, boxes.map(\.yMax).max() ?? Double(height), height)
    }

    /// Returns a box in pixels of the part.
    package func moved(_ box: Box<ImagePixels>) -> Box<ImagePixels> {
        let (x, y) = (Double(columns.lowerBound), Double(rows.lowerBound))
        return Box(xMin: box.xMin - x, yMin: box.yMin - y, xMax: box.xMax - x, yMax: box.yMax - y)
    }
}
