import Foundation
import Images
import Jobs

/// The images of a folder as a sequence.
struct ImageFrames: FrameSource {
    private let images: [(number: Int, image: ImageSource)]

    /// Collects the images of a folder.
    ///
    /// - Throws: ``ImageSourceError``.
    init(_ path: String, _ selection: FrameSelection) throws(ImageSourceError) {
        let all = try ImageSource.collect([path]).sorted {
            naturallyPrecedes($0.file.lastPathComponent, $1.file.lastPathComponent)
        }
        let taken = all.enumerated().filter { $0.offset.isMultiple(of: selection.every) }
        images = taken.prefix(selection.maximum ?? .max).map { ($0.offset, $0.element) }
    }

    var count: Int? { images.count }
    var files: [URL] { images.map(\.image.file) }
    var names: [String] { images.map(\.image.name) }

    func frames() -> any FrameReader { Reader(images) }

    private final class Reader: FrameReader {
        private var rest: ArraySlice<(number: Int, image: ImageSource)>

        init(_ images: [(number: Int, image: ImageSource)]) { rest = images[...] }

        func next() throws -> Frame? {
            guard let (number, image) = rest.popFirst() else { return nil }
            return Frame(number: number, name: image.name, image: try Image(contentsOf: image.file))
        }
    }
}

/// Returns whether one name comes before another in natural order, with runs of digits compared as numbers: `frame2` before `frame10`.
/// Names that are equal in this order, such as `a1` and `a01`, are compared as text.
package func naturallyPrecedes(_ left: String, _ right: String) -> Bool {
    for (one, other) in zip(pieces(of: left), pieces(of: right))
    where one.text != other.text || one.isNumber != other.isNumber {
        guard one.isNumber && other.isNumber else { return one.text < other.text }
        if one.text.count != other.text.count { return one.text.count < other.text.count }
        return one.text < other.text
    }
    let (count, otherCount) = (pieces(of: left).count, pieces(of: right).count)
    return count == otherCount ? left < right : count < otherCount
}

/// Splits a name into runs of digits, without leading zeros, and runs of other characters.
private func pieces(of name: String) -> [(text: String, isNumber: Bool)] {
    var pieces: [(text: String, isNumber: Bool)] = []
    for character in name {
        let isDigit = ("0"..."9").contains(character)
        if let last = pieces.last, last.isNumber == isDigit {
            pieces[pieces.count - 1].text.append(character)
        } else {
            pieces.append((String(character), isDigit))
        }
    }
    return pieces.map { $0.isNumber ? (String($0.text.drop { $0 == "0" }), true) : $0 }
}
