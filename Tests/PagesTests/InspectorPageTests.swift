import Boxes
import Foundation
import Images
import JSON
import Pages
import Tensors
import Testing

@Suite("The inspector page as HTML")
struct InspectorPageTests {
    /// The content of each data element, by its id.
    private func data(of html: String) throws -> [String: JSONValue] {
        let pattern = /<script type="application\/json" id="([a-z0-9-]+)">([^<]*)<\/script>/
        return try Dictionary(
            uniqueKeysWithValues: html.matches(of: pattern).map { (String($0.1), try JSONValue(parsing: String($0.2))) }
        )
    }

    @Test("Nothing is loaded from anywhere")
    func selfContained() throws {
        let html = try Samples.page.html()
        for address in ["http:", "https:", "//cdn", "@import", "<link", "src=\"/", "url("] {
            #expect(!html.contains(address), "\(address)")
        }
        #expect(html.contains("default-src 'none'"))
    }

    @Test("Hostile names end no element, and come back unchanged")
    func hostileNames() throws {
        let html = try Samples.page.html()
        #expect(!html.contains("<b id"))
        #expect(!html.contains("<!--"))
        // Two elements for images, one for settings, one for the script: no name has opened or closed another.
        #expect(html.components(separatedBy: "<script").count - 1 == 4)
        #expect(html.components(separatedBy: "</script>").count - 1 == 4)
        let data = try data(of: html)
        #expect(data.count == 3)
        let settings = try #require(data["viewer-settings"])
        let names = try settings["classes"].array().map { try $0["name"].string() }
        #expect(names == Samples.hostileNames)
        #expect(try settings["images"].strings() == ["first", Samples.hostileNames[0]])
    }

    @Test("Every field may contain anything")
    func hostileFields() throws {
        let name = #"</script><script id="pwned">"'&<!--"# + "\u{1b}[2J\u{9b}\u{202e}\u{2028}\0"
        var image = Samples.image(name: name)
        for index in image.detections.indices { image.detections[index].note = name }
        for index in image.annotations.indices { image.annotations[index].note = name }
        for index in image.features.indices {
            image.features[index].layer = name
            image.features[index].reductions = image.features[index].reductions.map { (name, $0.map) }
        }
        for index in image.explanations.indices {
            image.explanations[index].target = name
            image.explanations[index].method = name
            image.explanations[index].layer = name
        }
        var page = InspectorPage(title: name, subtitle: name, classNames: [name, name, name], images: [image])
        page.firstLayer = name
        let html = try page.html()
        #expect(!html.contains("<script id") && !html.contains("<!--"))
        let hidden = html.unicodeScalars.filter {
            ($0.properties.generalCategory == .control && $0 != "\n" && $0 != "\t")
                || "\u{202e}\u{2028}".unicodeScalars.contains($0)
        }
        #expect(hidden.isEmpty, "\(hidden.map(\.value))")
        #expect(try !data(of: html).isEmpty)
    }

    @Test("Maps keep their values to 1/131068 of their spread, and values that are not finite")
    func maps() throws {
        let data = try data(of: try Samples.page.html())
        let image = try #require(data["viewer-image-0"])
        let explanations = try image["explanations"].array()
        let broken = try explanations[2]["map"]
        #expect(try broken["missing"].integer() == 2)
        #expect(try broken["flat"].bool() == false)
        let cells = try decoded(broken)
        #expect(cells[0].isNaN && cells[63].isNaN)
        let expected = Samples.slope(rows: 8, columns: 8, from: -2, to: 2).elements
        for (actual, expected) in zip(cells, expected).dropFirst().dropLast() {
            #expect(abs(actual - Double(expected)) <= 4 / 131068.0 + 1e-6)
        }
        #expect(try explanations[4]["map"]["flat"].bool())
        #expect(try explanations[4]["map"]["minimum"].number() == 0.25)
        #expect(try image["detections"].array()[2]["box"] == .null)
    }

    @Test("A map without finite values, and one with the largest possible spread")
    func extremeMaps() throws {
        var page = Samples.page
        page.images[0].explanations = [
            InspectedExplanation(detection: 0, method: "a", layer: "b", map: Tensor([2, 2], repeating: .nan)),
            InspectedExplanation(
                detection: 0, method: "c", layer: "b",
                map: Tensor([1, 2], elements: [-Float.greatestFiniteMagnitude, .greatestFiniteMagnitude])),
        ]
        let explanations = try #require(try data(of: page.html())["viewer-image-0"])["explanations"].array()
        #expect(try decoded(explanations[0]["map"]).allSatisfy(\.isNaN))
        let far = try decoded(explanations[1]["map"])
        #expect(far == [-Double(Float.greatestFiniteMagnitude), Double(Float.greatestFiniteMagnitude)])
    }

    private func decoded(_ map: JSONValue) throws -> [Double] {
        let bytes = [UInt8](try #require(Data(base64Encoded: try map["values"].string())))
        let (low, high) = (try map["minimum"].number(), try map["maximum"].number())
        let count = try map["rows"].integer() * map["columns"].integer()
        #expect(bytes.count == 2 * count)
        return (0..<count).map { index in
            let code = Int(bytes[2 * index]) | Int(bytes[2 * index + 1]) << 8
            return code == 65535 ? .nan : low + Double(code) * ((high - low) / 65534)
        }
    }

    @Test("Twenty detections by eight methods at five layers of 64 x 64 cells make a page of nine megabytes")
    func size() throws {
        var image = Samples.image()
        image.explanations = (0..<20).flatMap { detection in
            (0..<8).flatMap { method in
                (0..<5).map { layer in
                    InspectedExplanation(
                        detection: detection % 3, target: "target \(detection)", method: "method \(method)",
                        layer: "layer \(layer)", map: Samples.slope(rows: 64, columns: 64))
                }
            }
        }
        let html = try InspectorPage(title: "Large", classNames: ["a", "b", "c"], images: [image]).html()
        let maps = 800 * 64 * 64 * 2 * 4 / 3
        #expect(html.utf8.count > maps)
        #expect(html.utf8.count < maps + 400_000)
    }

    @Test("Large images are reduced for the page, but coordinates stay in their own pixels")
    func largeImage() throws {
        let large = InspectedImage(
            name: "large", image: Image(width: 4000, height: 1000, fill: (r: 0, g: 0, b: 0)),
            inputExtent: InputExtent(side: 512))
        let page = InspectorPage(title: "Large", classNames: ["a"], images: [large])
        let image = try #require(try data(of: page.html())["viewer-image-0"])
        #expect(try image["width"].integer() == 4000)
        let source = try image["source"].string()
        let base64 = try #require(source.split(separator: ",").last)
        let embedded = try Image(data: try #require(Data(base64Encoded: String(base64))))
        #expect((embedded.width, embedded.height) == (1600, 400))
    }

    @Test("Text and attributes are escaped, even with combining marks")
    func escaping() {
        #expect(HTML("<\u{338}b>&\"'").text == "&lt;\u{338}b&gt;&amp;&quot;&#39;")
    }
}
