import Foundation
import Images
import Tensors

/// One self-contained page on which a detector's answers about images can be looked into: its detections, heatmaps, layers
/// and explanations, two at a time.
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
    /// What stands below it: which model, which settings.
    public var subtitle: String
    /// A name a class.
    public var classNames: [String]
    /// The layer whose explanations are shown first, where there is one of that name.
    public var firstLayer = ""
    /// What can be looked at; one at least.
    public var images: [InspectedImage]

    /// A page; nothing is encoded yet.
    public init(title: String, subtitle: String = "", classNames: [String], images: [InspectedImage]) {
        self.title = title
        self.subtitle = subtitle
        self.classNames = classNames
        self.images = images
    }

    /// The page as HTML.
    ///
    /// - Throws: ``ImageError`` when an image cannot be encoded.
    public func html() throws(ImageError) -> String {
        let help = HTML.element("button", "type=\"button\" data-action=\"help\" title=\"Keys (?)\"", "Keys")
        let viewer = try Viewer(classNames: classNames, images: images, firstLayer: firstLayer).html()
        return Page(
            title: "\(title) · Pinpoint", styles: [ViewerStyle.sheet, ViewerStyle.wholePage],
            body: HTML([Page.header(title: title, subtitle: subtitle, buttons: [help]), viewer]),
            scripts: ViewerScript.parts
        ).document
    }

    /// Writes the page to a file, whole or not at all.
    ///
    /// - Throws: ``ImageError`` when an image cannot be encoded, ``FileError`` when the file cannot be written.
    public func write(to file: URL) throws { try writeAtomically(Data(html().utf8), to: file) }
}
