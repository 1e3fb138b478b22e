/// Formats rows as aligned columns for a terminal: the first ones flush left, the others flush right. Each
/// row stays one line whatever names it contains, see ``Swift/String/shownOnTerminal``.
public func textTable(_ rows: [[String]], flushLeft: Int = 1) -> String {
    let rows = rows.map { $0.map(\.shownOnTerminal) }
    let widths = (rows.first ?? []).indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
    return rows.map { row in
        var line = row.enumerated().map { column, text in
            let padding = String(repeating: " ", count: widths[column] - text.count)
            return column < flushLeft ? text + padding : padding + text
        }.joined(separator: "  ")
        while line.last == " " { line.removeLast() }
        return line
    }.joined(separator: "\n")
}
