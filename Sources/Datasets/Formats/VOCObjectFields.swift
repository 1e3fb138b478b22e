import Boxes
import Markup

/// What a VOC document says: its fields by their path, and those of each object.
struct VOCDocument {
    /// The text of an element.
    struct Field {
        /// Without white space around it.
        var text: String
        var line: Int
        /// Whether there was white space around it.
        var hadSpaces = false
    }

    /// One `<object>`.
    struct Object {
        var line: Int
        /// Its own fields by name, in lower case; of equal ones the first counts.
        var fields: [String: Field] = [:]
        /// Every `<bndbox>`, and what else may take its place.
        var regions: [Region] = []
    }

    /// A place in an object: `<bndbox>`, `<polygon>`, or roLabelImg's `<robndbox>`.
    struct Region {
        var kind: String
        var line: Int
        /// By name in lower case; of equal ones the first counts.
        var fields: [String: Field] = [:]
        /// The numbered or repeated coordinates of a polygon.
        var xs: [Field] = [], ys: [Field] = []
    }

    /// `filename`, `size/width` and so on.
    private(set) var fields: [String: Field] = [:]
    private(set) var objects: [Object] = []

    private static let regions: Set<String> = ["bndbox", "polygon", "robndbox", "segmentation"]
    /// A `<part>` of an object has a name and a box of its own; actions and attributes have none that are ours.
    private static let skipped: Set<String> = ["part", "parts", "actions", "attributes"]

    /// Reads a document.
    ///
    /// - Throws: ``XMLError``; the root is not looked at.
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

    /// A field of the document, or the fields in it one level further down.
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
    /// Hands over each child of the element that has just begun, and leaves the reader behind the element's end.
    mutating func children(
        _ body: (_ name: String, _ reader: inout XMLReader) throws(XMLError) -> Void
    ) throws(XMLError) { _ = try text(body) }

    /// The text directly in the element that has just begun; children are handed over.
    ///
    /// - Parameter child: reads the child that has just begun up to its end; by default it is passed over.
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

    /// Passes over the rest of the element that has just begun.
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
