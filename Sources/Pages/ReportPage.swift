/// A page of sections below each other, for reports; a viewer may stand among them.
package struct ReportPage {
    private let title, subtitle: String
    private var sections: [HTML] = []
    private var hasViewer = false

    /// A page with nothing but its heading.
    package init(title: String, subtitle: String) {
        self.title = title
        self.subtitle = subtitle
    }

    /// Adds a section without a heading; one without parts is left out.
    package mutating func add(_ parts: [HTML]) {
        if !parts.isEmpty { sections.append(.element("section", "", parts)) }
    }

    /// Adds a section; one without parts is left out.
    package mutating func add(_ heading: String, _ parts: [HTML]) {
        if !parts.isEmpty { add([HTML.element("h2", "", heading)] + parts) }
    }

    /// Adds a section with the viewer; there can be one.
    package mutating func add(_ heading: String, _ parts: [HTML], viewer: HTML) {
        precondition(!hasViewer, "a page has room for one viewer")
        hasViewer = true
        add(heading, parts + [viewer])
    }

    /// The whole document.
    package var document: String {
        Page(
            title: "\(title) · Pinpoint",
            styles: [ReportStyle.sheet] + (hasViewer ? [ViewerStyle.sheet, ViewerStyle.part] : []),
            body: HTML([
                Page.header(title: title, subtitle: subtitle), .element("main", "", sections),
            ]),
            scripts: hasViewer ? ViewerScript.parts : []
        ).document
    }
}

extension HTML {
    /// Figures that are read first: each large, with its name below.
    package static func cards(_ cards: [(name: String, value: String)]) -> HTML {
        element(
            "div", "class=\"cards\"",
            cards.map { name, value in
                element("div", "", [element("b", "", value), element("span", "", name)])
            })
    }

    /// A drawing as SVG, on light ground whatever the page's is: its letters are dark.
    package static func plot(svg: String) -> HTML { element("figure", "class=\"plot\"", [HTML(markup: svg)]) }
}
