import Foundation

/// The names that somebody writes down: with commas between them, or in a file, one a line.
///
/// - Throws: ``DatasetError/names(_:)`` when the file is no text.
func writtenNames(_ text: String) throws(DatasetError) -> [String] {
    var parts = text.split(separator: ",")
    if !text.contains(","), FileManager.default.fileExists(atPath: text) {
        guard let content = try? String(contentsOfFile: text, encoding: .utf8) else {
            throw .names("\(text) is no text file of names")
        }
        parts = content.split(whereSeparator: \.isNewline)
    }
    return parts.map { $0.trimmingCharacters(in: .whitespaces) }.filter { !$0.isEmpty }
}

/// Names of classes as somebody writes them down: `cat,dog`, a file with a name a line, or a well-known list.
public enum ClassNameList {
    /// The names that a text stands for.
    ///
    /// - Parameters:
    ///   - text: `coco`, `voc`, a file's path, or names with commas between them.
    ///   - count: How many classes a network tells apart, where that is known: networks for COCO have 80 of them, or one for each of
    ///     its category numbers, which go to 90, with or without the background.
    /// - Throws: ``DatasetError/names(_:)`` with a sentence when they are not as many, or the file cannot be read.
    public static func names(_ text: String, count: Int? = nil) throws(DatasetError) -> [String] {
        let names = try list(text, count: count)
        if names.isEmpty { throw .names("'\(text)' names no class") }
        if let count, names.count != count {
            let named = names.count == 1 ? "1 class" : "\(names.count) classes"
            throw .names("'\(text)' names \(named), and the network tells \(count) apart")
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

    /// The 80 classes of COCO's boxes, in the order of their category numbers.
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

    /// Category numbers of COCO that no class has.
    private static let unusedNumbers: Set<Int> = [0, 12, 26, 29, 30, 45, 66, 68, 69, 71, 83]

    /// A name for each of COCO's category numbers from 0, the background.
    private static let cocoByNumber: [String] = {
        var rest = coco[...]
        return (0...90).map { number in
            number == 0 ? "background" : unusedNumbers.contains(number) ? "category \(number)" : rest.removeFirst()
        }
    }()
}
