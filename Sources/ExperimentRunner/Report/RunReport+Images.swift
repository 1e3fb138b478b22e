import Boxes
import Evaluation
import Foundation
import Images
import Pages
import Visualization

extension RunReport {
    /// Adds the images with the most and the fewest errors, and a viewer for all of them.
    func addImages(to page: inout ReportPage) throws {
        let shown = images.worst + images.best
        if shown.isEmpty { return }
        page.add("Most errors", images.worst.isEmpty ? [] : [legend, try tiles(images.worst, from: 0)])
        page.add(
            "Fewest errors",
            images.best.isEmpty ? [] : [legend, try tiles(images.best, from: images.worst.count)])
        let viewer = Viewer(classNames: metrics.classNames, images: shown.map(\.image), isSideBySide: true)
        page.add(
            "Predicted and ground-truth heatmaps",
            [
                .element(
                    "p", "",
                    "The predicted probability of a centre in each cell, beside the target of training. Annotated boxes are "
                        + "dashed. Press ? in the viewer for its keyboard shortcuts.")
            ], viewer: try viewer.html())
    }

    private var legend: HTML {
        .element(
            "div", "class=\"legend\"",
            Mark.allCases.map { mark in
                let attributes =
                    "\(mark == .missed ? "class=\"dashed\" " : "")style=\"border-color: \(mark.color.css)\""
                return .element("span", "", [.element("b", attributes, ""), HTML(mark.name)])
            })
    }

    private func tiles(_ entries: [ReviewedImages.Entry], from first: Int) throws -> HTML {
        let tiles = try entries.enumerated().map { index, entry in
            let name = HTML(entry.image.name).text
            let source = try EmbeddedData.address(of: Self.drawing(of: entry))
            return HTML.element(
                "button", "type=\"button\" class=\"tile\" data-show-image=\"\(first + index)\"",
                [
                    HTML(markup: "<img alt=\"\(name) with its boxes\" src=\"\(source)\">"),
                    .element(
                        "span", "", [HTML(entry.image.name), .element("i", "", Self.summary(of: entry.review))]),
                ])
        }
        return .element("div", "class=\"tiles\"", tiles)
    }

    /// `9 found, 2 false positives, 1 missed`.
    private static func summary(of review: ImageReview) -> String {
        var parts = ["\(review.matchedCount) found"]
        for verdict in ImageReview.Verdict.allCases where verdict.isError {
            let count = review.findings(verdict).count
            if count > 0 { parts.append("\(count) \(verdict.name(count: count))") }
        }
        if !review.missed.isEmpty { parts.append("\(review.missed.count) missed") }
        return parts.joined(separator: ", ")
    }

    /// Draws the image at reduced size, with boxes coloured by verdict.
    private static func drawing(of entry: ReviewedImages.Entry) throws -> Image {
        let image = entry.image.image
        let scale = min(1, Double(tileSide) / Double(max(image.width, image.height)))
        let small = image.resized(
            width: max(1, Int(Double(image.width) * scale)), height: max(1, Int(Double(image.height) * scale)))
        let map = AffineMap<ImagePixels, ImagePixels>(
            scaleX: Double(small.width) / Double(image.width), scaleY: Double(small.height) / Double(image.height))
        let missed = entry.review.missed.map {
            LabelledBox(
                box: map($0.box), kind: entry.objectKind, label: "missed", color: Mark.missed.color, dashed: true)
        }
        let found = entry.review.findings.map { finding in
            LabelledBox(
                box: map(finding.detection.box), kind: entry.objectKind,
                label: finding.verdict.isError ? finding.verdict.name : "",
                color: Mark(finding.verdict).color,
                pose: entry.skeleton.map { DrawnPose(finding.detection.keypoints.map { $0.mapped(by: map) }, of: $0) })
        }
        // Errors are drawn on top, and their labels are placed first.
        let wrong = zip(found, entry.review.findings).filter { $1.verdict.isError }.map(\.0)
        let right = zip(found, entry.review.findings).filter { !$1.verdict.isError }.map(\.0)
        return try drawBoxes(on: small, wrong + missed + right, minimumSide: tileSide).image()
    }

    private static let tileSide = 480
}

/// The style of a box in a tile.
private enum Mark: CaseIterable {
    case found, wrong, poorlyLocalized, missed

    init(_ verdict: ImageReview.Verdict) {
        self =
            switch verdict {
            case .matched, .ignored: .found
            case .poorlyLocalized: .poorlyLocalized
            case .duplicate, .wrongClass, .falsePositive: .wrong
            }
    }

    var name: String {
        switch self {
        case .found: "found"
        case .wrong: "false positive, duplicate or wrong class"
        case .poorlyLocalized: "poorly localized"
        case .missed: "missed"
        }
    }

    /// Colours that colour-blind readers can distinguish, on dark and bright images (Okabe and Ito, 2008, the yellow for missed objects).
    var color: Color {
        switch self {
        case .found: Color(red: 0, green: 0.62, blue: 0.45)
        case .wrong: Color(red: 0.84, green: 0.37, blue: 0)
        case .poorlyLocalized: Color(red: 0.34, green: 0.71, blue: 0.91)
        case .missed: Color(red: 0.94, green: 0.89, blue: 0.26)
        }
    }
}

extension ImageReview.Verdict {
    /// Returns the name in singular or plural.
    fileprivate func name(count: Int) -> String {
        switch self {
        case .duplicate, .falsePositive: count == 1 ? name : name + "s"
        case .matched, .poorlyLocalized, .wrongClass, .ignored: name
        }
    }
}
