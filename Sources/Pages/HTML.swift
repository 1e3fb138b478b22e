import Tensors
import Visualization

/// HTML composed of parts that are already escaped.
package struct HTML: Sendable {
    package let text: String

    /// Creates HTML from markup, unchanged.
    package init(markup: String) { text = markup }

    /// Creates HTML from plain text by escaping it, for use in an element or a quoted attribute. Control characters become
    /// visible, except line breaks and tabs.
    package init(_ plain: String) {
        text = plain.shownAsParagraphs.escapedForXML
    }

    /// Concatenates parts.
    package init(_ parts: [HTML]) { text = parts.map(\.text).joined() }

    /// Returns an element that contains parts.
    ///
    /// - Parameter attributes: Markup with escaped values.
    package static func element(_ name: String, _ attributes: String = "", _ parts: [HTML]) -> HTML {
        HTML(markup: "<\(name)\(attributes.isEmpty ? "" : " " + attributes)>\(HTML(parts).text)</\(name)>\n")
    }

    /// Returns an element that contains text.
    package static func element(_ name: String, _ attributes: String = "", _ plain: String) -> HTML {
        element(name, attributes, [HTML(plain)])
    }

    /// Returns a table with a heading row and a heading column.
    package static func table(_ heading: [String], _ rows: [[String]]) -> HTML {
        let head = element("tr", "", heading.map { element("th", "scope=\"col\"", $0) })
        let body = rows.map { row in
            element(
                "tr", "",
                row.enumerated().map { column, text in
                    column == 0 ? element("th", "scope=\"row\"", text) : element("td", "", text)
                })
        }
        // A wide table scrolls on its own, without the page.
        return element("div", "class=\"scrolling\"", [element("table", "", [head] + body)])
    }
}
