import Foundation
import JSON
import Markup
import Synchronization
import Tensors

extension FileHead {
    /// Reads the beginnings of all documents of a tree, in the tree's order.
    package static func all(in tree: FolderTree) -> [FileHead] {
        let openings = Mutex([FileHead?](repeating: nil, count: tree.documents.count))
        Parallel.forEach(tree.documents.count) { index, _ in
            let opening = FileHead(tree.documents[index])
            openings.withLock { $0[index] = opening }
        }
        return openings.withLock { $0.compactMap { $0 } }
    }

    /// Reads as much of a file as is needed to recognize its format.
    package init(_ file: FolderTree.File) {
        self.file = file
        do throws(FileReadingError) {
            switch file.ending {
            case "json": content = try Self.json(file)
            case "xml": content = Self.xml(try AnnotationText.head(of: file.url, byteCount: Self.headSize))
            default: content = Self.text(try AnnotationText.head(of: file.url, byteCount: Self.headSize))
            }
            refusal = nil
        } catch {
            content = .unreadable(reason: error.reason, line: nil)
            refusal = error.refusal
        }
    }

    private static let headSize = 8192

    private static func json(_ file: FolderTree.File) throws(FileReadingError) -> Content {
        try AnnotationText.withJSON(of: file.url) { bytes in
            do throws(JSONError) { return .json(try JSONHead(bytes, file: file.url.relativePath)) } catch {
                return .unreadable(reason: error.reason, line: error.line)
            }
        }
    }

    private static func xml(_ head: (bytes: [UInt8], isCut: Bool)) -> Content {
        var names: [String] = []
        do {
            var reader = XMLReader(try decodeStart(head))
            while names.count < 2, let event = try reader.next() {
                if case .start(let element) = event { names.append(element.name) }
                if case .end = event { break }
            }
        } catch let error as TextError {
            return .unreadable(reason: error.reason, line: error.line)
        } catch let error as XMLError where names.isEmpty {
            return .unreadable(reason: error.reason, line: error.line)
        } catch {
            // Errors after the first elements are reported when the whole file is read.
        }
        guard let root = names.first else { return .unreadable(reason: "it contains no element", line: 1) }
        return .xml(root: root, child: names.count > 1 ? names[1] : nil)
    }

    /// Returns the beginning of an XML document in UTF-8; a character that is cut in two is dropped.
    private static func decodeStart(_ head: (bytes: [UInt8], isCut: Bool)) throws(TextError) -> [UInt8] {
        var bytes = head.bytes
        for _ in 0..<(head.isCut ? 4 : 0) {
            if let decoded = try? decodeText(bytes, declaration: .xml) { return decoded.utf8 }
            bytes.removeLast()
        }
        return try decodeText(bytes, declaration: .xml).utf8
    }

    private static func text(_ head: (bytes: [UInt8], isCut: Bool)) -> Content {
        // Lines are split as bytes: splitting characters would take most of the time when there are many small files.
        let text = Array(AnnotationText.lenient(head.bytes).utf8)
        var lines = text.split(omittingEmptySubsequences: false) { $0 == 0x0a || $0 == 0x0d }
            .map { String(decoding: $0, as: UTF8.self) }
        if head.isCut && lines.count > 1 { lines.removeLast() }
        return .text(lines)
    }
}
