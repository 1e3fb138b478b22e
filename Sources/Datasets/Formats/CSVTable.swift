import Boxes
import Foundation
import Markup

/// Reads one table and groups the rows by image.
struct CSVTable {
    /// The maximum size of a table.
    static let maximumBytes = 2 << 30
    /// The class of all objects when there is no class column.
    static let onlyClass = "object"

    private let file: URL

    init(_ file: URL) { self.file = file }

    /// The identity of an image in the table.
    private struct Key: Hashable {
        var name: String
        var splitLabel: String?
    }

    /// Reads the whole table; the file has been recognized.
    func read(_ utf8: [UInt8], into raw: inout RawDataset) {
        var reader = CSVReader(utf8)
        var head: [CSVReader.Row] = []
        while head.count < 20, let row = reader.next() { head.append(row) }
        guard let columns = CSVFormat.columns(of: head) else {
            return raw.report(file, line: 1, "its columns are not those of a table of boxes or points")
        }
        let hasHeader = columns != .unnamed
        var indices: [Key: Int] = [:]
        let start = raw.images.count
        var number = 0
        func read(_ row: CSVReader.Row) {
            number += 1
            let fields = row.fields.map { $0.trimmingWhiteSpace() }
            guard columns.image < fields.count, !fields[columns.image].isEmpty else {
                return raw.problems.append(
                    DatasetProblem(
                        file: file, object: number, line: row.line, rule: .missingField,
                        message: "the row names no image; it was left out"))
            }
            let key = Key(name: fields[columns.image], splitLabel: label(fields, columns))
            let index = indices[key] ?? raw.images.count
            if index == raw.images.count {
                indices[key] = index
                raw.images.append(image(key, row, fields, columns))
            }
            CSVRow(row, fields: fields, number: number, columns: columns, file: file)
                .add(to: &raw.images[index], &raw.classes)
        }
        for row in head.dropFirst(hasHeader ? 1 : 0) { read(row) }
        while let row = reader.next() { read(row) }
        finish(&raw, from: start, columns)
    }

    private func label(_ fields: [String], _ columns: CSVColumns) -> String? {
        columns.split.flatMap { $0 < fields.count ? fields[$0] : nil }
    }

    private func image(_ key: Key, _ row: CSVReader.Row, _ fields: [String], _ columns: CSVColumns) -> RawImage {
        func number(_ column: Int?) -> Double? {
            column.flatMap { $0 < fields.count ? plainNumber(fields[$0]) : nil }
        }
        var image = RawImage(source: file, fileName: key.name)
        image.line = row.line
        image.splitLabel = key.splitLabel
        (image.statedWidth, image.statedHeight) = (number(columns.width), number(columns.height))
        return image
    }

    /// Sets the conventions of the whole table, and converts VOC's edges to continuous ones.
    private func finish(_ raw: inout RawDataset, from start: Int, _ columns: CSVColumns) {
        if columns.edges == .voc {
            raw.countsFromOne = true
            for index in raw.images.indices[start...] {
                for object in raw.images[index].objects.indices {
                    let box = raw.images[index].objects[object].box
                    raw.images[index].objects[object].box = Box(
                        vocXMin: box.xMin, yMin: box.yMin, xMax: box.xMax, yMax: box.yMax)
                }
            }
        }
        if columns.edges == .originAndSize { raw.hasOriginAndSize = true }
        if columns.className == nil {
            raw.problems.append(
                .systematic(
                    file, .unnamedClasses, "there is no class column; all objects got the class '\(Self.onlyClass)'"))
        }
    }
}

/// One row, to be converted to an object.
private struct CSVRow {
    private let row: CSVReader.Row
    private let fields: [String]
    private let number: Int
    private let columns: CSVColumns
    private let file: URL

    init(_ row: CSVReader.Row, fields: [String], number: Int, columns: CSVColumns, file: URL) {
        (self.row, self.fields, self.number, self.columns, self.file) = (row, fields, number, columns, file)
    }

    /// Adds the row's object and its problems; a row without an object stands for a background image.
    func add(to image: inout RawImage, _ classes: inout RawClasses) {
        if let fault = row.fault {
            return image.lose(problem(.unreadableAnnotation, "\(fault.reason); the row was left out"))
        }
        let texts = columns.box.map { $0 < fields.count ? fields[$0] : "" }
        let name = columns.className.map { $0 < fields.count ? fields[$0] : "" } ?? CSVTable.onlyClass
        if texts.allSatisfy(\.isEmpty), name.isEmpty || columns.className == nil { return }
        do throws(DatasetProblem) {
            if name.isEmpty { throw problem(.missingField, "the row has no class; it was left out") }
            let isPoint = columns.edges == .point
            let box = isPoint ? try point(texts) : try box(texts, &image.problems)
            var object = RawObject(number: number, line: row.line, classIndex: classes.index(of: name), box: box)
            if isPoint { object.origin = .point }
            image.objects.append(object)
        } catch { image.lose(error) }
    }

    private func box(_ texts: [String], _ problems: inout [DatasetProblem]) throws(DatasetProblem) -> Box<ImagePixels> {
        var texts = texts
        if texts.count == 1 {
            let list = texts[0]
            texts = list.split { "[](), \t".contains($0) }.map(String.init)
            guard texts.count == 4 else {
                throw problem(.missingField, "its box is '\(list.prefix(40))' instead of [x, y, w, h]; it was left out")
            }
        }
        let values = try numbers(texts) { "its box has no \(["left", "top", "right", "bottom"][$0]) edge" }
        if columns.edges == .originAndSize {
            return Box(xMin: values[0], yMin: values[1], xMax: values[0] + values[2], yMax: values[1] + values[3])
        }
        for (axis, low, high) in [("x", values[0], values[2]), ("y", values[1], values[3])] where low > high {
            problems.append(
                problem(
                    .invertedBox,
                    "its first \(axis) \(plain(low)) is greater than the second, \(plain(high)); they were swapped"))
        }
        return Box(
            xMin: min(values[0], values[2]), yMin: min(values[1], values[3]), xMax: max(values[0], values[2]),
            yMax: max(values[1], values[3]))
    }

    private func point(_ texts: [String]) throws(DatasetProblem) -> Box<ImagePixels> {
        let values = try numbers(texts) { "its point has no \(["x", "y"][$0])" }
        return Box(pointX: values[0], y: values[1])
    }

    /// Reads numbers; `missing` says which one is empty.
    private func numbers(
        _ texts: [String], missing: (Int) -> String
    ) throws(DatasetProblem) -> [Double] {
        var values: [Double] = []
        for (place, text) in texts.enumerated() {
            if text.isEmpty { throw problem(.missingField, "\(missing(place)); it was left out") }
            guard let value = plainNumber(text) else {
                throw problem(.notANumber, "'\(text.prefix(40))' is not a finite number; the row was left out")
            }
            values.append(value)
        }
        return values
    }

    private func problem(_ rule: DatasetRule, _ message: String) -> DatasetProblem {
        DatasetProblem(file: file, object: number, line: row.line, rule: rule, message: message)
    }
}
