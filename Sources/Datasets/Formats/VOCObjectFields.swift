import Boxes
import Markup

/// The content of a VOC document: its fields by path, and the fields of each object.
struct VOCDocument {
    /// The text of an element.
    struct Field {
        /// The text without surrounding white space.
        var text: String
        var line: Int
        /// Whether surrounding white space was removed.
        var hadSpaces = false
    }

    /// One `<object>`.
    struct Object {
        var line: Int
        /// The object's own fields by name in lower case; the first of equal names counts.
        var fields: [String: Field] = [:]
        /// All `<bndbox>` elements and alternatives to them.
        var regions: [Region] = []
    }

    /// The region of an object: `<bndbox>`, `<polygon>`, or roLabelImg's `<robndbox>`.
    struct Region {
        var kind: String
        var line: Int
        /// The fields by name in lower case; the first of equal names counts.
        var fields: [String: Field] = [:]
        /// The numbered or repeated coordinates of a polygon.
        var xs: [Field] = [], ys: [Field] = []
    }

    /// `filename`, `size/width` and so on.
    private(set) var fields: [String: Field] = [:]
    private(set) var objects: [Object] = []

    private static let regions: Set<String> = ["bndbox", "polygon", "robndbox", "segmentation"]
    /// Elements that are skipped: a `<part>` has its own name and box; actions and attributes are not used.
    private static let skipped: Set<String> = ["part", "parts", "actions", "attributes"]

    /// Reads a document.
    ///
    /// - Throws: ``XMLError``; the root's name is not checked.
    init(_ reader: inout XMLReader) throws(XMLError) {
        while let event = try reader.next() {
            if case .start = event { try readRoot(&reader) }
        }
    }

    private mutating func readRoot(_ reader: inout XMLReader) throws(XMLError) {
        try reader.children { (name, reader) throws(XMLError) in
            switch name.lowercased() {
            case "object": try readObject(&reader)
            case "objects":
                try reader.children { (name, reader) throws(XMLError) in
                    if name.lowercased() == "object" { try readObject(&reader) } else { try reader.skip() }
                }
            case let name:
                try readField(name, &reader)
            }
        }
    }

    /// Reads a field of the document, or the fields one level below it.
    private mutating func readField(_ name: String, _ reader: inout XMLReader) throws(XMLError) {
        let line = reader.line
        var inner: [(String, Field)] = []
        let text = try reader.text { (child, reader) throws(XMLError) in
            let line = reader.line
            inner.append((child.lowercased(), Self.field(try reader.text(), line: line)))
        }
        if fields[name] == nil { fields[name] = Self.field(text, line: line) }
        for (child, field) in inner where fields["\(name)/\(child)"] == nil { fields["\(name)/\(child)"] = field }
    }

    private mutating func readObject(_ reader: inout XMLReader) throws(XMLError) {
        var object = Object(line: reader.line)
        try reader.children { (name, reader) throws(XMLError) in
            let name = name.lowercased()
            let line = reader.line
            if Self.skipped.contains(name) {
                try reader.skip()
            } else if Self.regions.contains(name) {
                object.regions.append(try Self.region(name, line: line, &reader))
            } else {
                let text = try reader.text()
                if object.fields[name] == nil { object.fields[name] = Self.field(text, line: line) }
            }
        }
        objects.append(object)
    }

    private static func region(_ kind: String, line: Int, _ reader: inout XMLReader) throws(XMLError) -> Region {
        var region = Region(kind: kind, line: line)
        try reader.children { (name, reader) throws(XMLError) in
            let line = reader.line
            // `<pt><x>1</x><y>2</y></pt>` has its coordinates one level further down.
            var points: [(String, Field)] = []
            let text = try reader.text { (child, reader) throws(XMLError) in
                let line = reader.line
                points.append((child.lowercased(), Self.field(try reader.text(), line: line)))
            }
            points.append((name.lowercased(), Self.field(text, line: line)))
            for (name, field) in points {
                if region.fields[name] == nil { region.fields[name] = field }
                if name.first == "x" { region.xs.append(field) } else if name.first == "y" { region.ys.append(field) }
            }
        }
        return region
    }

    private static func field(_ raw: String, line: Int) -> Field {
        let text = raw.trimmingWhiteSpace()
        return Field(text: text, line: line, hadSpaces: text.utf8.count != raw.utf8.count)
    }
}

extension XMLReader {
    /// Calls a closure for each child of the current element, and leaves the reader after the element's end.
    mutating func children(
        _ body: (_ name: String, _ reader: inout XMLReader) throws(XMLError) -> Void
    ) throws(XMLError) { _ = try text(body) }

    /// Returns the text directly in the current element; a closure reads its children.
    ///
    /// - Parameter child: Reads the current child to its end; by default the child is skipped.
    mutating func text(
        _ child: (_ name: String, _ reader: inout XMLReader) throws(XMLError) -> Void = {
            (_, reader) throws(XMLError) in
            try reader.skip()
        }
    ) throws(XMLError) -> String {
        var text = ""
        while let event = try next() {
            switch event {
            case .start(let element): try child(element.name, &self)
            case .text(let piece): if text.isEmpty { text = piece } else { text += piece }
            case .end: return text
            }
        }
        return text
    }

    /// Skips the rest of the current element.
    mutating func skip() throws(XMLError) {
        var depth = 1
        while depth > 0, let event = try next() {
            switch event {
            case .start: depth += 1
            case .end: depth -= 1
            case .text: break
            }
        }
    }
}

extension String {
    /// The text without spaces, tabs and line breaks at its ends.
    func trimmingWhiteSpace() -> String {
        func isSpace(_ scalar: Unicode.Scalar) -> Bool { scalar.properties.isWhitespace || scalar == "\u{feff}" }
        let scalars = unicodeScalars
        guard let first = scalars.firstIndex(where: { !isSpace($0) }),
            let last = scalars.lastIndex(where: { !isSpace($0) })
        else { return "" }
        if first == scalars.startIndex && scalars.index(after: last) == scalars.endIndex { return self }
        return String(self[first...last])
    }
}
