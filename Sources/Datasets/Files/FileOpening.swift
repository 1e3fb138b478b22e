import JSON

/// What the beginning of a file says about what it is.
package struct FileOpening: Sendable {
    package enum Content: Sendable {
        /// The names of an XML document's outermost element and of the first one in it.
        case xml(root: String, child: String?)
        case json(JSONOpening)
        /// The first lines of a text.
        case text([String])
        /// It cannot be opened, or its beginning is broken.
        case unreadable(reason: String, line: Int?)
    }

    package let file: FolderTree.File
    package let content: Content
}

/// The outermost members of a JSON document, as far as they say what it is.
package struct JSONOpening: Sendable {
    /// Whether the document is a list; its members then are those of its first element.
    package private(set) var isList = false
    /// The kind of each member.
    package private(set) var members: [String: JSONReader.Kind] = [:]
    /// Of each member that is a list of objects the members of the first one.
    package private(set) var elements: [String: Set<String>] = [:]

    /// Whether there are members of all these names.
    package func has(_ names: String...) -> Bool { names.allSatisfy { members[$0] != nil } }

    /// Whether a list of objects has these members in its first one.
    package func first(of list: String, has names: String...) -> Bool {
        elements[list].map { keys in names.allSatisfy(keys.contains) } ?? false
    }

    /// Lists that say all that is asked of a document: what follows them is not read.
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
