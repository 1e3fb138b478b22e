import Boxes
import Foundation
import Images
import Tensors
import TestSupport
import Testing
import Visualization

#if canImport(FoundationXML)
    import FoundationXML
#endif

/// Drawings as files. Their pixels are tested with each kind of drawing.
@Suite struct DrawingTests {
    private let labels = ["cat 0.93", "Größe <&> \"細胞\""]

    private var boxes: [LabelledBox] {
        [
            LabelledBox(
                box: Box(xMin: 8, yMin: 6, xMax: 30, yMax: 40), label: labels[0], color: Palette.color(0),
                pose: DrawnPose(
                    places: [.init(x: 12, y: 9), .init(x: 20, y: 30, look: .unsure)],
                    limbs: [Skeleton.Pair(0, 1)])),
            LabelledBox(
                box: Box(xMin: 34, yMin: 10, xMax: 58, yMax: 44), label: labels[1], color: Palette.color(1),
                dashed: true),
        ]
    }

    private var overlay: Drawing {
        get throws {
            try heatmapOverlay(
                image: .gray(64, 48), heatmap: Tensor([2, 12, 16], repeating: 0.25),
                imageToCells: AffineMap(scaleX: 0.25, scaleY: 0.25), classNames: ["one class", "another"], boxes: boxes)
        }
    }

    /// One of each kind.
    private var drawings: [(drawing: Drawing, texts: [String], boxCount: Int)] {
        get throws {
            let map = Tensor([3, 4], elements: (0..<12).map(Float.init))
            let toCells = AffineMap<ImagePixels, MapCells>(scaleX: 0.0625, scaleY: 0.0625)
            var decoding = DecodingSheet(
                title: "the steps", image: .gray(64, 48), heatmap: Tensor([2, 12, 16]),
                imageToCells: AffineMap(scaleX: 0.25, scaleY: 0.25), classNames: ["cat", "dog"], threshold: 0.3)
            decoding.boxes = boxes
            let sheet = MapSheet(
                title: "a sheet", columnHeadings: ["image", "map", "alone"],
                rows: [
                    .init(
                        heading: "row",
                        tiles: [
                            .init(.image(.gray(64, 48), boxes: boxes)),
                            .init(.overlay(.gray(64, 48), map: map, imageToCells: toCells, boxes: boxes)),
                            .init(.map(map), caption: "caption"),
                        ])
                ])
            return [
                (drawBoxes(on: .gray(64, 48), boxes), labels, 2), (try overlay, labels + ["one class", "0.25"], 2),
                (
                    try mapOverlay(
                        image: .gray(64, 48), map: map, imageToCells: toCells, boxes: boxes, caption: "layer4"),
                    labels + ["layer4", "11"], 2
                ),
                (try mapAlone(map, caption: "layer4"), ["layer4", "11"], 0),
                (try sheet.drawing(), labels + ["a sheet", "alone", "row", "caption"], 4),
                (try decoding.draw(), labels + ["the steps", "4 Boxes"], 2),
                (
                    try contactSheet(
                        [(try overlay, "left"), (Drawing(.gray(9, 9)), "right")], columns: 2, title: "all"),
                    labels + ["all", "left", "right"], 2
                ),
                (
                    LinePlot(title: "Loss", xLabel: "epoch", yLabel: "loss", series: [("total", [(0, 1), (1, 2)])])
                        .drawing(), ["Loss", "epoch", "total"], 0
                ),
            ]
        }
    }

    @Test func elementsAreWhatIsDrawn() throws {
        for (drawing, texts, boxCount) in try drawings {
            let svg = try Elements(drawing.svg())
            #expect(svg.root["viewBox"] == "0 0 \(drawing.width) \(drawing.height)")
            let written = svg.texts.map { $0.replacing("  ", with: " ") }
            for text in texts { #expect(written.contains(text), "\(text) in \(written)") }
            // Each box has a dark edge below its own colour.
            let colors = ["#ff4b3e", "#1e9bff"]
            #expect(svg.rectangles.count { colors.contains($0["stroke"] ?? "") } == boxCount, "\(texts)")
            for rectangle in svg.rectangles { #expect(Double(rectangle["width"] ?? "") ?? -1 >= 0) }
        }
    }

    @Test func pagesHaveTheirExtents() throws {
        for (drawing, _, _) in try drawings {
            let page = try drawing.pdf()
            #expect(page.starts(with: Data("%PDF-1.".utf8)) && page.suffix(8).contains(UInt8(ascii: "%")))
            let text = String(decoding: page, as: UTF8.self)
            #expect(text.contains(/\/MediaBox \[ 0 0 (\d+) (\d+)/))
            let box = try #require(text.firstMatch(of: /\/MediaBox \[ 0 0 ([0-9.]+) ([0-9.]+)/))
            #expect(Double(box.1) == Double(drawing.width) && Double(box.2) == Double(drawing.height))
            #expect(text.matches(of: /\/Type \/Page\b/).count == 1)
            #expect(text.contains("/FontFile") && text.contains("/ToUnicode"), "text stays text")
            #expect(try drawing.pdf() == page, "the same drawing gives the same file")
        }
        let huge = drawBoxes(on: .gray(20_000, 50), [], minimumSide: 0)
        #expect(String(decoding: try huge.pdf(), as: UTF8.self).contains("/MediaBox [ 0 0 14400 36 ]"))
    }

    @Test(.enabled(if: FileManager.default.isExecutableFile(atPath: "/usr/bin/pdftotext")))
    func textOfPagesIsFound() throws {
        let folder = try TemporaryFolder()
        for (drawing, texts, _) in try drawings {
            try drawing.write(to: folder.file("page.pdf"), as: .pdf)
            let reader = Process()
            reader.executableURL = URL(fileURLWithPath: "/usr/bin/pdftotext")
            reader.arguments = ["-layout", folder.file("page.pdf").path, folder.file("page.txt").path]
            try reader.run()
            reader.waitUntilExit()
            let found = try String(contentsOf: folder.file("page.txt"), encoding: .utf8)
                .split(whereSeparator: \.isWhitespace).joined(separator: " ")
            for text in texts where !text.contains("細") { #expect(found.contains(text), "\(text) in \(found)") }
        }
    }

    @Test func imagesKeepTheirPixels() throws {
        let image = Image(width: 1500, height: 2, fill: (1, 2, 3))
        let small = try mapOverlay(
            image: image, map: Tensor([1, 2], elements: [0, 1]),
            imageToCells: AffineMap(scaleX: 2.0 / 1500, scaleY: 0.5))
        let sheet = try contactSheet([(small, "")], columns: 1, title: "")
        #expect(sheet.width < 1000)
        let embedded = try Elements(sheet.svg()).images
        #expect(embedded.contains { $0.width == 1500 && $0.height == 2 })
        #expect(String(decoding: try sheet.pdf(), as: UTF8.self).contains("/Width 1500"))
    }

    @Test(arguments: DrawingFormat.allCases) func filesAreWhatTheyAreCalled(_ format: DrawingFormat) throws {
        let folder = try TemporaryFolder()
        let file = folder.file("x.\(format.fileExtension)")
        try overlay.write(to: file, as: format)
        let data = try Data(contentsOf: file)
        switch format {
        case .png: #expect(try Image(contentsOf: file) == overlay.image())
        case .jpeg:
            let (image, drawn) = (try Image(contentsOf: file), try overlay.image())
            #expect((image.width, image.height) == (drawn.width, drawn.height))
            let differences = zip(image.pixels, drawn.pixels).reduce(0) { $0 + abs(Int($1.0) - Int($1.1)) }
            #expect(differences < 3 * drawn.pixels.count)
        case .pdf: #expect(data.starts(with: Data("%PDF".utf8)))
        case .svg: #expect(data.starts(with: Data("<?xml".utf8)))
        }
    }

    /// Boxes as an untrained network predicts them, and arbitrary texts.
    @Test func anythingCanBeWritten() throws {
        let long = String(repeating: "very long ", count: 999)
        let texts = ["", "a", "]]> & <svg>", "two\nlines\0\u{7f}\u{ffff}", long]
        let boxes = [-1e308, -7, 0, 50, 1e9].enumerated().map { index, edge in
            LabelledBox(
                box: Box(xMin: edge, yMin: 5, xMax: 20, yMax: edge), label: texts[index], color: Palette.color(index))
        }
        for size in [(1, 1), (1, 300), (90, 60)] {
            let drawing = drawBoxes(on: .gray(size.0, size.1), boxes, minimumSide: 0)
            _ = try Elements(drawing.svg())
            #expect(try drawing.pdf().count > 500)
        }
    }
}

/// What an XML parser finds in a drawing.
private final class Elements: NSObject, XMLParserDelegate {
    private(set) var root: [String: String] = [:]
    private(set) var rectangles: [[String: String]] = []
    private(set) var images: [Image] = []
    private(set) var texts: [String] = []
    private var isInText = false

    init(_ text: String) throws {
        super.init()
        let parser = XMLParser(data: Data(text.utf8))
        parser.delegate = self
        guard parser.parse() else { throw try #require(parser.parserError) }
    }

    func parser(
        _ parser: XMLParser, didStartElement element: String, namespaceURI: String?, qualifiedName: String?,
        attributes: [String: String]
    ) {
        isInText = element == "text"
        switch element {
        case "svg": root = attributes
        case "rect": rectangles.append(attributes)
        case "text": texts.append("")
        case "image":
            let prefix = "data:image/png;base64,"
            let address = attributes["xlink:href"] ?? ""
            guard address.hasPrefix(prefix), let data = Data(base64Encoded: String(address.dropFirst(prefix.count))),
                let image = try? Image(data: data)
            else {
                Issue.record("no image: \(address.prefix(60))")
                return
            }
            images.append(image)
        default: break
        }
    }

    func parser(_ parser: XMLParser, didEndElement: String, namespaceURI: String?, qualifiedName: String?) {
        isInText = false
    }

    func parser(_ parser: XMLParser, foundCharacters text: String) {
        if isInText { texts[texts.count - 1] += text }
    }
}
