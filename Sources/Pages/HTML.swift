/// HTML that is put together from parts which are escaped already.
package struct HTML: Sendable {
    package let text: String

    /// Markup as it is.
    package init(markup: String) { text = markup }

    /// Plain text, escaped: nothing in it means anything to a browser, in an element or in a quoted attribute.
    package init(_ plain: String) {
        var escaped = ""
        // By scalars: a combining mark behind "<" would hide it in one character with it.
        for scalar in plain.unicodeScalars {
            switch scalar {
            case "&": escaped += "&amp;"
            case "<": escaped += "&lt;"
            case ">": escaped += "&gt;"
            case "\"": escaped += "&quot;"
            case "'": escaped += "&#39;"
            default: escaped.unicodeScalars.append(scalar)
            }
        }
        text = escaped
    }

    /// Parts one after the other.
    package init(_ parts: [HTML]) { text = parts.map(\.text).joined() }

    /// An element around parts.
    ///
    /// - Parameter attributes: Markup as it is, its values escaped.
    package static func element(_ name: String, _ attributes: String = "", _ parts: [HTML]) -> HTML {
        HTML(markup: "<\(name)\(attributes.isEmpty ? "" : " " + attributes)>\(HTML(parts).text)</\(name)>\n")
    }

    /// An element around text.
    package static func element(_ name: String, _ attributes: String = "", _ plain: String) -> HTML {
        element(name, attributes, [HTML(plain)])
    }

    /// A table with a heading row; cells but the first are figures.
    package static func table(_ heading: [String], _ rows: [[String]]) -> HTML {
        let head = element("tr", "", heading.map { element("th", "scope=\"col\"", $0) })
        let body = rows.map { row in
            element(
                "tr", "",
                row.enumerated().map { column, text in
                    column == 0 ? element("th", "scope=\"row\"", text) : element("td", "", text)
                })
        }
        // A wide table scrolls by itself, and not the page with it.
        return element("div", "class=\"scrolling\"", [element("table", "", [head] + body)])
    }
}
