import JSON
import Settings

extension Experiment {
    /// The reference of all settings: key, kind of value, range, default and documentation, section by section.
    public static var reference: String {
        let defaults = Experiment()
        var lines: [String] = []
        var section = ""
        for setting in settings {
            let own = setting.path.dropLast().first ?? ""
            if own != section { lines.append("") }
            section = own
            let range = setting.range.isEmpty ? "" : ", \(setting.range)"
            lines.append(
                "\(setting.key): \(setting.expectation)\(range); default \(setting.isOptional ? "null" : setting.write(defaults).text())"
            )
            lines.append("    \(setting.documentation)")
        }
        return lines.joined(separator: "\n")
    }

    /// The same as data: an object per setting.
    public static var referenceJSON: JSONValue {
        let defaults = Experiment()
        return .array(
            settings.map { setting in
                .object(
                    JSONObject([
                        ("key", .string(setting.key)), ("type", .string(setting.expectation)),
                        ("range", .string(setting.range)),
                        ("default", setting.isOptional ? .null : setting.write(defaults)),
                        ("changes", .string(setting.effect.rawValue)),
                        ("documentation", .string(setting.documentation)),
                    ]))
            })
    }
}
