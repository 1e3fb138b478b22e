import Foundation
import JSON

/// The log of a run as a table, `results.csv`: a line per epoch, a column per number.
package struct ResultsTable {
    private let entries: [JSONObject]

    /// - Parameter lines: Those of `log.jsonl`.
    package init(_ lines: some Sequence<String>) {
        entries = lines.compactMap { line in
            guard case .object(let object)? = try? JSONValue(parsing: line) else { return nil }
            return object
        }
    }

    /// The numbers of each epoch by name, in the log's order; those of classes as `AP50/NAME`.
    package var numbers: [[(name: String, value: Double)]] {
        entries.map { entry in
            entry.flatMap { key, value -> [(name: String, value: Double)] in
                if case .object(let classes) = value {
                    let measure = key.replacing("PerClass", with: "")
                    return classes.compactMap { name, value in (try? value.number()).map { ("\(measure)/\(name)", $0) }
                    }
                }
                return (try? value.number()).map { [(key, $0)] } ?? []
            }
        }
    }

    /// The table as comma-separated values (RFC 4180); what an epoch does not have is empty.
    package var text: String {
        let numbers = self.numbers
        var columns: [String] = []
        for (name, _) in numbers.joined() where !columns.contains(name) { columns.append(name) }
        let rows = numbers.map { row in
            let values = Dictionary(row.map { ($0.name, $0.value) }) { first, _ in first }
            return columns.map { column in values[column].map { "\($0)" } ?? "" }
        }
        return ([columns.map(Self.field)] + rows).map { $0.joined(separator: ",") + "\r\n" }.joined()
    }

    /// Names may contain what separates fields and lines.
    package static func field(_ name: String) -> String {
        name.unicodeScalars.contains { [",", "\"", "\r", "\n"].contains($0) }
            ? "\"" + name.replacing("\"", with: "\"\"") + "\"" : name
    }
}
