import Foundation
import Tensors

/// The most bytes of a file of names.
private let maximumNameBytes = 4 << 20

/// Reads a list of names: comma-separated, or from a file with one name per line.
///
/// - Throws: ``DatasetError/names(_:)`` when the file is not a text file; ``DatasetError/unreadable(path:reason:)``.
func writtenNames(_ text: String) throws(DatasetError) -> [String] {
    var parts = text.split(separator: ",")
    let file = URL(fileURLWithPath: text)
    if !text.contains(","), !text.isEmpty, FileKind.mayExist(file) {
        var status = stat()
        if stat(text, &status) == 0, status.st_size > maximumNameBytes {
            throw .names("\(text) is not a file of names: it has more than \(maximumNameBytes >> 20) MB")
        }
        let bytes: [UInt8]
        do throws(FileError) { bytes = try readToEnd(file) } catch {
            throw .unreadable(path: text, reason: error.reason)
        }
        guard let content = String(validating: bytes, as: UTF8.self) else {
            throw .names("\(text) is not a text file of names")
        }
        parts = content.split(whereSeparator: \.isNewline)
    }
    return parts.map { $0.trimmingCharacters(in: .whitespaces) }.filter { !$0.isEmpty }
}

/// Class names given by a user: `cat,dog`, a file with one name per line, or a well-known list.
public enum ClassNameList {
    /// Returns the names that a text stands for.
    ///
    /// - Parameters:
    ///   - text: `coco`, `voc`, the path of a file, or comma-separated names.
    ///   - count: The network's number of classes, if known: COCO networks have 80, or one for each of COCO's category numbers,
    ///     which go to 90, with or without the background.
    /// - Throws: ``DatasetError/names(_:)`` with a sentence when the number of names differs, or the file cannot be read.
    public static func names(_ text: String, count: Int? = nil) throws(DatasetError) -> [String] {
        let names = try list(text, count: count)
        if names.isEmpty { throw .names("'\(text)' contains no class names") }
        if let count, names.count != count {
            let named = names.count == 1 ? "1 class" : "\(names.count) classes"
            throw .names("'\(text)' names \(named), but the network has \(count)")
        }
        return names
    }

    private static func list(_ text: String, count: Int?) throws(DatasetError) -> [String] {
        switch text {
        case "coco": return count == 90 ? Array(cocoByNumber.dropFirst()) : count == 91 ? cocoByNumber : coco
        case "voc": return count == 21 ? ["background"] + voc : voc
        default: break
        }
        return try writtenNames(text)
    }

    /// The 20 classes of Pascal VOC.
    public static let voc = [
        "aeroplane", "bicycle", "bird", "boat", "bottle", "bus", "car", "cat", "chair", "cow", "diningtable", "dog",
        "horse", "motorbike", "person", "pottedplant", "sheep", "sofa", "train", "tvmonitor",
    ]

    /// The 80 classes with boxes in COCO, in the order of their category numbers.
    public static let coco = [
        "person", "bicycle", "car", "motorcycle", "airplane", "bus", "train", "truck", "boat", "traffic light",
        "fire hydrant", "stop sign", "parking meter", "bench", "bird", "cat", "dog", "horse", "sheep", "cow",
        "elephant", "bear", "zebra", "giraffe", "backpack", "umbrella", "handbag", "tie", "suitcase", "frisbee",
        "skis", "snowboard", "sports ball", "kite", "baseball bat", "baseball glove", "skateboard", "surfboard",
        "tennis racket", "bottle", "wine glass", "cup", "fork", "knife", "spoon", "bowl", "banana", "apple",
        "sandwich", "orange", "broccoli", "carrot", "hot dog", "pizza", "donut", "cake", "chair", "couch",
        "potted plant", "bed", "dining table", "toilet", "tv", "laptop", "mouse", "remote", "keyboard", "cell phone",
        "microwave", "oven", "toaster", "sink", "refrigerator", "book", "clock", "vase", "scissors", "teddy bear",
        "hair drier", "toothbrush",
    ]

    /// COCO category numbers without a class.
    private static let unusedNumbers: Set<Int> = [0, 12, 26, 29, 30, 45, 66, 68, 69, 71, 83]

    /// A name for each of COCO's category numbers, starting with 0 for the background.
    private static let cocoByNumber: [String] = {
        var rest = coco[...]
        return (0...90).map { number in
            number == 0 ? "background" : unusedNumbers.contains(number) ? "category \(number)" : rest.removeFirst()
        }
    }()
}
