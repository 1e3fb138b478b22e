import JSON

/// The beginning of a file, from which its format is recognized.
package struct FileHead: Sendable {
    package enum Content: Sendable {
        /// The names of an XML document's root element and of its first child.
        case xml(root: String, child: String?)
        case json(JSONHead)
        /// The first lines of a text.
        case text([String])
        /// The file cannot be opened, or its beginning is malformed.
        case unreadable(reason: String, line: Int?)
    }

    package let file: FolderTree.File
    package let content: Content
    /// The system's reason where the system refused the file; the content is then unreadable.
    package let refusal: String?
}

/// The top-level members of a JSON document, as far as needed to recognize its format.
package struct JSONHead: Sendable {
    /// Whether the document is a list; ``members`` are then those of its first element.
    package private(set) var isList = false
    /// The kind of each member.
    package private(set) var members: [String: JSONReader.Kind] = [:]
    /// For each member that is a list of objects, the members of its first object.
    package private(set) var elements: [String: Set<String>] = [:]

    /// Returns whether there are members with all these names.
    package func has(_ names: String...) -> Bool { names.allSatisfy { members[$0] != nil } }

    /// Returns whether the first object of a list has these members.
    package func first(of list: String, has names: String...) -> Bool {
        elements[list].map { keys in names.allSatisfy(keys.contains) } ?? false
    }

    /// Lists that suffice to recognize a document: nothing after them is read.
    private static let telling: Set<String> = ["images", "annotations", "shapes", "objects", "regions"]

    init(_ bytes: UnsafeRawBufferPointer, file: String) throws(JSONError) {
        var reader = JSONReader(bytes, file: file)
        switch try reader.kind() {
        case .object: try readMembers(&reader)
        case .array:
            isList = true
            _ = try reader.elements { (_, reader) throws(JSONError) in
                if try reader.kind() == .object { try readMembers(&reader) }
                return false
            }
        default: break
        }
    }

    private mutating func readMembers(_ reader: inout JSONReader) throws(JSONError) {
        _ = try reader.members { (key, reader) throws(JSONError) in
            let kind = try reader.kind()
            members[key] = kind
            guard kind == .array else { return true }
            var keys: Set<String>?
            _ = try reader.elements { (_, reader) throws(JSONError) in
                guard try reader.kind() == .object else { return false }
                var found: Set<String> = []
                try reader.object { (key, _) throws(JSONError) in found.insert(key) }
                keys = found
                return false
            }
            if let keys { elements[key] = keys }
            return keys == nil || !Self.telling.contains(key)
        }
    }
}
