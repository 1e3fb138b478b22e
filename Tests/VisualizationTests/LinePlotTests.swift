import Foundation
import Images
import Testing
import Visualization

#if canImport(FoundationXML)
    import FoundationXML
#endif

@Suite struct LinePlotTests {
    private static let awkward: [[(Double, Double)]] = [
        [], [(3, 4)], [(0, 0), (0, 0)], [(1, 5), (2, 5), (3, 5)], [(.nan, 1), (1, .nan), (.infinity, 2)],
        [(1, 2), (2, .nan), (3, 1)], [(0, 0), (1e308, -1e308)], [(.leastNonzeroMagnitude, .leastNonzeroMagnitude)],
        (0..<5_000).map { (Double($0), Double($0 * $0 % 97)) },
    ]

    private func plot(_ points: [(Double, Double)], name: String = "") -> LinePlot {
        LinePlot(title: "Loss", xLabel: "epoch", yLabel: "loss", series: [(name, points)])
    }

    @Test(arguments: awkward) func anyPointsCanBeDrawn(_ points: [(Double, Double)]) throws {
        for (width, height) in [(640, 400), (60, 1000), (1, 1)] {
            let image = try plot(points, name: "a").drawing(width: width, height: height).image()
            #expect((image.width, image.height) == (width, height))
            let svg = try Elements(plot(points, name: "a").svg(width: width, height: height))
            #expect(svg.root["width"] == "\(width)px" && svg.root["height"] == "\(height)px")
        }
    }

    @Test func noSizeIsAnError() {
        #expect(throws: DrawingError.self) { try plot([]).drawing(width: 0, height: 9).image() }
        #expect(throws: DrawingError.self) { try plot([]).drawing(width: 9, height: -1).image() }
        #expect(throws: DrawingError.self) { try plot([]).drawing(width: 99_999, height: 9).image() }
    }

    /// A file's name may contain anything, and the page must stay well-formed.
    @Test func anyTextIsWellFormed() throws {
        let text = "a<b & \"c\" > 'd' ]]> &amp; Größe 細胞"
        let plot = LinePlot(title: text, xLabel: text, yLabel: text, series: [(text, [(0, 1), (1, 2)]), ("", [])])
        #expect(try Elements(plot.svg()).root["aria-label"] == text)
        let controls = LinePlot(
            title: "a\u{1}\n\0\u{1b}b\u{ffff}", xLabel: "\u{2}", yLabel: "\0", series: [("\u{3}", [])])
        #expect(try Elements(controls.svg()).root["role"] == "img")
        // A combining mark joins what stands before it to one character, which must not hide it.
        let hidden = "<\u{338}script>\"\u{301} onload='\u{301}&\u{338} \u{202e}x"
        let svg = try LinePlot(title: hidden, xLabel: hidden, yLabel: hidden, series: [(hidden, [(0, 1)])]).svg()
        #expect(!svg.unicodeScalars.contains("\u{202e}"))
        #expect(try Elements(svg).root["aria-label"]?.unicodeScalars.first == "<")
    }

    @Test func plotsOnOnePageShareNoNames() throws {
        let one = try Elements(plot([(0, 1), (1, 2)]).svg())
        let two = try Elements(plot([(0, 1), (1, 3)]).svg())
        #expect(!one.names.isEmpty && one.names.isDisjoint(with: two.names))
        for elements in [one, two] { #expect(elements.references.isSubset(of: elements.names)) }
    }

    @Test func linesRiseAndBreakWhereTheirPointsDo() throws {
        // The first colour is the only red.
        let rising = try plot([(0, 0), (1, 1), (2, .nan), (3, 3), (4, 4)]).drawing(width: 640, height: 400).image()
            .places { $0.r > 180 && $0.g < 140 }
        let left = try #require(rising.min { $0.x < $1.x })
        let right = try #require(rising.max { $0.x < $1.x })
        #expect(left.y > 250 && right.y < 150 && right.x - left.x > 450)
        let columns = Set(rising.map(\.x))
        for x in left.x + 10...right.x - 10 {
            let place = 4 * Double(x - left.x) / Double(right.x - left.x)
            if abs(place - 2) < 0.9 { #expect(!columns.contains(x)) }
            if abs(place - 2) > 1.1 { #expect(columns.contains(x)) }
        }
    }

    /// A mark is a dashed line over the whole height, with its label beside it; outside of the axis there is none.
    @Test(arguments: [(1.0, true), (3, true), (9, false), (.nan, false)])
    func marksAreLabelledLines(x: Double, isShown: Bool) throws {
        var plot = plot([(0, 1), (4, 2)])
        let plain = try plot.drawing(width: 640, height: 400).image()
        plot.marks = [(x: x, label: "<part>")]
        let svg = try plot.svg()
        _ = try Elements(svg)
        #expect(svg.contains("&lt;part&gt;") == isShown)
        let image = try plot.drawing(width: 640, height: 400).image()
        #expect((image != plain) == isShown)
    }

    @Test(arguments: [(1_850_000, 1_899_000), (0, 1), (-2e-5, 3e-5), (123_456.1, 123_456.2)])
    func tickLabelsAreNotCut(_ range: (Double, Double)) throws {
        for width in [240, 480, 700] {
            let image = try plot([(range.0, range.1), (range.1, range.0)]).drawing(width: width, height: 300).image()
            #expect(image.places { $0 != (255, 255, 255) }.allSatisfy { (3..<width - 3).contains($0.x) })
        }
    }

    @Test func everySeriesHasAColorAndANameInTheLegend() throws {
        let series = (0..<6).map { line in (name: "line \(line)", points: [(0.0, Double(line)), (9.0, Double(line))]) }
        let image = try LinePlot(title: "", xLabel: "", yLabel: "", series: series).drawing().image()
        for line in 0..<6 {
            let rows = Set(image.places(of: Palette.color(line).onWhite).map(\.y)).sorted()
            let gaps = zip(rows, rows.dropFirst()).filter { $1 - $0 > 1 }
            #expect(gaps.count == 1, "once in the legend and once below it")
        }
        let many = (0..<500).map { (name: "a name of some length \($0)", points: [(0.0, 1.0), (1.0, 2.0)]) }
        let full = try LinePlot(title: "", xLabel: "", yLabel: "", series: many).drawing().image()
        #expect((full.places(of: Palette.color(499).onWhite).map(\.y).min() ?? 0) > 100, "the plot has room left")
    }
}

/// What an XML parser finds in a text.
private final class Elements: NSObject, XMLParserDelegate {
    private(set) var root: [String: String] = [:]
    private(set) var names: Set<String> = []
    private(set) var references: Set<String> = []

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
        if element == "svg" { root = attributes }
        if let name = attributes["id"] { names.insert(name) }
        for (name, value) in attributes {
            if name.hasSuffix("href"), value.hasPrefix("#") { references.insert(String(value.dropFirst())) }
            if value.hasPrefix("url(#") { references.insert(String(value.dropFirst(5).dropLast())) }
        }
    }
}
