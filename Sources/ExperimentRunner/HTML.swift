/// HTML that is put together from parts which are escaped already.
struct HTML {
    let text: String

    /// Markup as it is.
    init(markup: String) { text = markup }

    /// Plain text, escaped.
    init(_ plain: String) {
        var escaped = ""
        for character in plain {
            switch character {
            case "&": escaped += "&amp;"
            case "<": escaped += "&lt;"
            case ">": escaped += "&gt;"
            case "\"": escaped += "&quot;"
            default: escaped.append(character)
            }
        }
        text = escaped
    }

    /// An element around parts.
    static func element(_ name: String, _ attributes: String = "", _ parts: [HTML]) -> HTML {
        HTML(markup: "<\(name)\(attributes.isEmpty ? "" : " " + attributes)>\(parts.map(\.text).joined())</\(name)>\n")
    }

    /// An element around text.
    static func element(_ name: String, _ attributes: String = "", _ plain: String) -> HTML {
        element(name, attributes, [HTML(plain)])
    }

    /// A table with a heading row; cells but the first are figures.
    static func table(_ heading: [String], _ rows: [[String]]) -> HTML {
        element(
            "table", "",
            [
                element("tr", "", heading.map { element("th", "", $0) })
            ] + rows.map { row in element("tr", "", row.map { element("td", "", $0) }) })
    }
}
