import Foundation
import Images
import Tensors

/// A self-contained page for inspecting a detector's results on images: detections, heatmaps, layers and explanations, two at a
/// time.
///
///     var image = InspectedImage(name: "BloodImage_00042", image: image, inputExtent: InputExtent(side: 256))
///     image.detections = found.map {
///         InspectedDetection(classIndex: $0.classIndex, score: $0.score, box: $0.box, peak: ($0.row, $0.column))
///     }
///     image.predictedHeatmap = prediction.heatmap
///     image.explanations.append(
///         InspectedExplanation(detection: 0, method: "Grad-CAM", layer: "backbone.layer4", map: map))
///     let page = InspectorPage(title: "Inspector", subtitle: "Runs/bccd", classNames: names, images: [image])
///     try page.write(to: URL(fileURLWithPath: "out.html"))
public struct InspectorPage: Sendable {
    /// The page's heading.
    public var title: String
    /// The text below the heading: the model and its settings.
    public var subtitle: String
    /// The name of each class.
    public var classNames: [String]
    /// The layer whose explanations are shown first, if it exists.
    public var firstLayer = ""
    /// The images; at least one.
    public var images: [InspectedImage]

    /// Creates a page without encoding anything yet.
    public init(title: String, subtitle: String = "", classNames: [String], images: [InspectedImage]) {
        self.title = title
        self.subtitle = subtitle
        self.classNames = classNames
        self.images = images
    }

    /// The page as HTML.
    ///
    /// - Throws: ``ImageError`` if an image cannot be encoded.
    public func html() throws(ImageError) -> String {
        let help = HTML.element(
            "button", "type=\"button\" data-action=\"help\" title=\"Keyboard shortcuts (?)\"", "Shortcuts")
        let viewer = try Viewer(classNames: classNames, images: images, firstLayer: firstLayer).html()
        return Page(
            title: "\(title) · Pinpoint", styles: [StyleSheet.viewer, StyleSheet.viewerAsPage],
            body: HTML([Page.header(title: title, subtitle: subtitle, buttons: [help]), viewer]),
            scripts: Script.viewer
        ).document
    }

    /// Writes the page to a file atomically.
    ///
    /// - Throws: ``ImageError`` if an image cannot be encoded, ``FileWriteError`` if the file cannot be written.
    public func write(to file: URL) throws { try writeAtomically(Data(html().utf8), to: file) }
}
