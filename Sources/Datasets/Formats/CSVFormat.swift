import Boxes
import Foundation
import Markup

/// A table with one row per object: with a header as in TensorFlow's tutorials and on Kaggle, or without one as in keras-retinanet.
enum CSVFormat: AnnotationFormat {
    static let format = DatasetFormat.csv
    static let title = "CSV (one row per object)"
    static let otherImages = OtherImages.ignored

    static func recognizes(_ opening: FileHead) -> Bool {
        guard ["csv", "tsv", "txt"].contains(opening.file.ending), case .text(let lines) = opening.content else {
            return false
        }
        // Label files of the YOLO family have no table separators, or contain only numbers.
        guard let first = lines.first(where: { !$0.isEmpty }), first.utf8.contains(where: Self.isSeparator) else {
            return false
        }
        let rows = Array(CSVReader(Array(lines.joined(separator: "\n").utf8)).prefix(20))
        return columns(of: rows) != nil
    }

    private static func isSeparator(_ byte: UInt8) -> Bool {
        [UInt8(ascii: ","), UInt8(ascii: ";"), UInt8(ascii: "\t")].contains(byte)
    }

    /// Returns the columns of a table that begins with the given rows.
    static func columns(of rows: [CSVReader.Row]) -> CSVColumns? {
        guard let first = rows.first else { return nil }
        if let columns = CSVColumns(header: first.fields) { return columns }
        // Some rows may be malformed.
        let count = rows.count { CSVColumns.areUnnamed($0.fields) }
        return count > 0 && 2 * count >= rows.count ? .unnamed : nil
    }

    static func read(
        _ files: [FileHead], in tree: FolderTree, request: FormatRequest
    ) throws(DatasetError) -> RawDataset {
        var raw = RawDataset(format: format)
        for (name, id) in try classMap(beside: files, in: tree) { raw.classes.add(name, id: id) }
        for opening in files {
            do throws(TextFile.Fault) {
                let text = try TextFile(opening.file.url, limit: CSVTable.maximumBytes, allowsGuess: true)
                CSVTable(opening.file.url).read(text.utf8, into: &raw)
            } catch { raw.report(opening.file.url, line: error.line, error.reason) }
        }
        return raw
    }

    /// Reads keras-retinanet's second table, with lines `name,number`.
    private static func classMap(
        beside files: [FileHead], in tree: FolderTree
    ) throws(DatasetError) -> [(name: String, id: Int)] {
        let tables = Set(files.map(\.file))
        let folders = Set(files.map { $0.file.folders.joined(separator: "/") })
        for file in tree.documents where file.ending == "csv" && !tables.contains(file) {
            guard folders.contains(file.folders.joined(separator: "/")),
                let text = try TextFile.shared(file.url, allowsGuess: true)
            else { continue }
            let rows = Array(CSVReader(text.utf8))
            let entries = rows.compactMap { row -> (name: String, id: Int)? in
                let fields = row.fields.map { $0.trimmingWhiteSpace() }
                guard fields.count == 2, !fields[0].isEmpty, !FileSystem.isImageName(fields[0]) else { return nil }
                return Int(fields[1]).map { (fields[0], $0) }
            }
            let isMap =
                !entries.isEmpty && entries.count >= rows.count - 1
                && Set(entries.map(\.id)).count == entries.count && Set(entries.map(\.name)).count == entries.count
            if isMap { return entries.sorted { $0.id < $1.id } }
        }
        return []
    }
}
