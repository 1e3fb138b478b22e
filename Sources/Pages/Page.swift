/// A self-contained page that loads nothing.
package struct Page {
    let title: String
    let styles: [String]
    let body: HTML
    let scripts: [String]

    /// Creates a page from its parts; every page has the common style and a button for the light or dark theme.
    package init(title: String, styles: [String], body: HTML, scripts: [String]) {
        self.title = title
        self.styles = [StyleSheet.page] + styles
        self.body = body
        self.scripts = [Script.theme] + scripts
    }

    /// The whole document.
    package var document: String {
        let head = HTML.element(
            "head", "",
            [
                HTML(markup: "<meta charset=\"utf-8\">\n"),
                // The browser enforces that nothing is loaded.
                HTML(markup: "<meta http-equiv=\"Content-Security-Policy\" content=\"\(Self.policy)\">\n"),
                HTML(markup: "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"),
                .element("title", "", title),
                .element("style", "", [HTML(markup: styles.joined(separator: "\n"))]),
            ])
        let script = "(() => {\n\"use strict\";\n\(scripts.joined(separator: "\n"))\n})();\n"
        let content = HTML.element("body", "", [body, .element("script", "", [HTML(markup: script)])])
        return "<!DOCTYPE html>\n" + HTML.element("html", "lang=\"en\"", [head, content]).text
    }

    private static let policy =
        "default-src 'none'; img-src data:; style-src 'unsafe-inline'; script-src 'unsafe-inline'"

    /// Returns the heading of a page: title, subtitle, and the button for the light or dark theme.
    package static func header(title: String, subtitle: String, buttons: [HTML] = []) -> HTML {
        let theme = HTML.element(
            "button", "type=\"button\" id=\"theme\" title=\"Light or dark theme (t)\"", "Dark")
        return .element(
            "header", "class=\"page-header\"",
            [
                .element("div", "", [.element("h1", "", title), .element("p", "class=\"muted\"", subtitle)]),
                .element("div", "class=\"buttons\"", buttons + [theme]),
            ])
    }
}
