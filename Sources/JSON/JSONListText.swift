/// The text of a list of objects, entry by entry: the same text as that of the whole list, which need not be in memory.
public struct JSONListText: Sendable {
    private var isEmpty = true

    /// Creates the text of an empty list.
    public init() {}

    /// Returns the text that adds an entry, which is an object or a list.
    public mutating func adding(_ entry: JSONValue) -> String {
        defer { isEmpty = false }
        return (isEmpty ? "[" : ",") + "\n  " + entry.text(pretty: true, depth: 1)
    }

    /// The text that ends the list, with the final line break of a file.
    public var end: String { isEmpty ? "[]\n" : "\n]\n" }
}
