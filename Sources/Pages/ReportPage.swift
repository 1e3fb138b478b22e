/// A report page: a sequence of sections, one of which may contain a viewer.
package struct ReportPage {
    private let title, subtitle: String
    private var sections: [HTML] = []
    private var hasViewer = false

    /// Creates a page that contains only its heading.
    package init(title: String, subtitle: String) {
        self.title = title
        self.subtitle = subtitle
    }

    /// Adds a section without a heading, unless it has no parts.
    package mutating func add(_ parts: [HTML]) {
        if !parts.isEmpty { sections.append(.element("section", "", parts)) }
    }

    /// Adds a section, unless it has no parts.
    package mutating func add(_ heading: String, _ parts: [HTML]) {
        if !parts.isEmpty { add([HTML.element("h2", "", heading)] + parts) }
    }

    /// Adds a section with the viewer; a page can have only one.
    package mutating func add(_ heading: String, _ parts: [HTML], viewer: HTML) {
        precondition(!hasViewer, "a page can have only one viewer")
        hasViewer = true
        add(heading, parts + [viewer])
    }

    /// The whole document.
    package var document: String {
        Page(
            title: "\(title) · Pinpoint",
            styles: [StyleSheet.report] + (hasViewer ? [StyleSheet.viewer, StyleSheet.viewerInPage] : []),
            body: HTML([
                Page.header(title: title, subtitle: subtitle), .element("main", "", sections),
            ]),
            scripts: hasViewer ? Script.viewer : []
        ).document
    }
}

extension HTML {
    /// Returns the main metrics as cards: each value in large type, with its name below.
    package static func cards(_ cards: [(name: String, value: String)]) -> HTML {
        element(
            "div", "class=\"cards\"",
            cards.map { name, value in
                element("div", "", [element("b", "", value), element("span", "", name)])
            })
    }

    /// Returns an SVG drawing on a light background in every theme, since its text is dark.
    package static func plot(svg: String) -> HTML { element("figure", "class=\"plot\"", [HTML(markup: svg)]) }
}
