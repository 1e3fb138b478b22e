import Boxes
import Foundation

/// Reads VOC's XML files.
package enum VOCAnnotationReader {
    /// Longer files are no annotations.
    static let maximumBytes = 16 << 20

    /// Reads a file.
    ///
    /// - Throws: the problem that makes all of it useless. What is wrong with single objects is in the result.
    static func read(_ file: URL) throws(DatasetProblem) -> RawAnnotation {
        guard FileSystem.isFile(file) else { throw unreadable(file, "this is not a file") }
        let size = (try? file.resourceValues(forKeys: [.fileSizeKey]))?.fileSize ?? 0
        guard size <= maximumBytes else { throw unreadable(file, "the file is larger than 16 MB") }
        guard let data = try? Data(contentsOf: file) else { throw unreadable(file, "the file cannot be read") }
        return try read(data, file: file)
    }

    /// Reads a file's content.
    package static func read(_ data: Data, file: URL) throws(DatasetProblem) -> RawAnnotation {
        try refuseDeclarations(data, file: file)
        let elements = VOCElementReader()
        if let failure = elements.read(try utf8(data, file: file)) {
            throw unreadable(file, failure.reason, line: failure.line)
        }
        if elements.rootName != "annotation" {
            throw unreadable(file, "the document is <\(elements.rootName.prefix(40))>, not <annotation>", line: 1)
        }
        return annotation(elements, file: file)
    }

    private static func unreadable(_ file: URL, _ reason: String, line: Int? = nil) -> DatasetProblem {
        DatasetProblem(file: file, line: line, rule: .unreadableAnnotation, message: reason)
    }

    private static func refuseDeclarations(_ data: Data, file: URL) throws(DatasetProblem) {
        for declaration in ["<!DOCTYPE", "<!ENTITY"] {
            guard let found = data.range(of: Data(declaration.utf8)) else { continue }
            throw DatasetProblem(
                file: file, line: 1 + data[..<found.lowerBound].reduce(0) { $0 + ($1 == 10 ? 1 : 0) },
                rule: .entityDeclaration, message: "\(declaration)> has no place in an annotation; it was not read")
        }
    }

    /// The document in UTF-8, without its declaration: FoundationXML traps on bytes that are not in the encoding that it
    /// believes in, and in the encodings that are left `<` is the byte that it is in ASCII, so that no document type
    /// escapes notice.
    private static func utf8(_ data: Data, file: URL) throws(DatasetProblem) -> Data {
        if data.isEmpty { throw unreadable(file, "the file is empty") }
        var text = String(validating: data, as: UTF8.self)
        let head = String(decoding: data.prefix(200), as: UTF8.self).lowercased()
        if head.hasPrefix("<?xml"), let end = head.range(of: "?>") {
            let declaration = head[..<end.lowerBound]
            if let start = declaration.range(of: "encoding") {
                let name = declaration[start.upperBound...].drop { " =\"'\n\t\r".contains($0) }
                    .prefix { !"\"' ".contains($0) }
                switch name {
                case "utf-8", "utf8", "us-ascii", "ascii": break
                case "iso-8859-1", "latin1", "latin-1": text = String(data: data, encoding: .isoLatin1)
                case "windows-1252", "cp1252": text = String(data: data, encoding: .windowsCP1252)
                default: throw unreadable(file, "the encoding '\(name)' is not supported", line: 1)
                }
            }
        }
        guard var text, !text.unicodeScalars.contains("\0") else { throw unreadable(file, "this is not UTF-8 text") }
        if text.hasPrefix("\u{feff}") { text.removeFirst() }
        guard text.hasPrefix("<?xml"), let end = text.range(of: "?>") else { return Data(text.utf8) }
        // Its lines still count.
        return Data((text[..<end.upperBound].filter(\.isNewline) + text[end.upperBound...]).utf8)
    }

    private static func annotation(_ elements: VOCElementReader, file: URL) -> RawAnnotation {
        var result = RawAnnotation()
        result.filename = elements.fields["filename"]?.text
        // A size that is no number is as good as none.
        result.width = (elements.fields["size/width"]?.text).flatMap(Int.init)
        result.height = (elements.fields["size/height"]?.text).flatMap(Int.init)
        for (index, fields) in elements.objects.enumerated() {
            let object = VOCObject(fields: fields, number: index + 1, file: file)
            do throws(DatasetProblem) {
                let (object, problems) = try object.read()
                result.objects.append(object)
                result.problems += problems
            } catch { result.problems.append(error) }
        }
        return result
    }
}

/// One `<object>` on its way to a ``RawObject``.
private struct VOCObject {
    let fields: VOCElementReader.Fields
    let number: Int
    let file: URL

    /// The object and what was mended about it.
    func read() throws(DatasetProblem) -> (RawObject, [DatasetProblem]) {
        guard let name = fields["name"], !name.text.isEmpty else {
            throw problem(.missingField, "it has no name")
        }
        guard fields["bndbox"] != nil else { throw problem(.missingField, "it has no <bndbox>") }
        var problems: [DatasetProblem] = []
        // The reader trims; what was there before tells whether there was something to trim.
        if name.hadSpaces {
            problems.append(problem(.nameWithSpaces, "the name is taken to be '\(name.text.prefix(80))'", name.line))
        }
        var (x0, x1) = (try edge("xmin"), try edge("xmax"))
        var (y0, y1) = (try edge("ymin"), try edge("ymax"))
        let line = fields["bndbox"]?.line
        if x0 == 0 && x1 == 0 && y0 == 0 && y1 == 0 { throw problem(.emptyBox, "all edges are 0", line) }
        for (axis, low, high) in [("x", x0, x1), ("y", y0, y1)] where low > high {
            problems.append(
                problem(
                    .invertedBox,
                    "\(axis)min \(plain(low)) is greater than \(axis)max \(plain(high)); they were exchanged", line))
        }
        (x0, x1) = (min(x0, x1), max(x0, x1))
        (y0, y1) = (min(y0, y1), max(y0, y1))
        if (0..<1).contains(x0) || (0..<1).contains(y0) {
            problems.append(
                problem(.zeroBasedBox, "an edge is 0, and VOC's first pixel is 1; it was moved to the border", line))
        }
        let object = RawObject(
            number: number, line: fields.line, name: name.text,
            box: Box(vocXMin: x0, yMin: y0, xMax: x1, yMax: y1),
            difficult: flag("difficult"), truncated: flag("truncated"))
        return (object, problems)
    }

    private func edge(_ name: String) throws(DatasetProblem) -> Double {
        guard let field = fields["bndbox/" + name], !field.text.isEmpty else {
            throw problem(.missingField, "its box has no <\(name)>", fields["bndbox"]?.line)
        }
        // Hexadecimal and the names of infinity are numbers to Swift, but to no annotation tool.
        let isPlain = field.text.allSatisfy { $0.isASCII && ($0.isNumber || "+-.eE".contains($0)) }
        guard isPlain, let value = Double(field.text), value.isFinite, abs(value) < 1e9 else {
            throw problem(.notANumber, "<\(name)> is '\(field.text.prefix(40))'", field.line)
        }
        return value
    }

    private func flag(_ name: String) -> Bool {
        ["1", "true", "yes"].contains(fields[name]?.text.lowercased() ?? "")
    }

    private func problem(_ rule: DatasetRule, _ message: String, _ line: Int? = nil) -> DatasetProblem {
        DatasetProblem(file: file, object: number, line: line ?? fields.line, rule: rule, message: message)
    }
}

/// A number without a needless fraction.
func plain(_ value: Double) -> String { Int(exactly: value).map(String.init) ?? "\(value)" }
