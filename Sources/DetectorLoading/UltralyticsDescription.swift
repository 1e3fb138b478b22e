import Boxes

/// What Ultralytics writes about a network into the metadata of its ONNX files: `task`, `names` (a Python dictionary or list), `imgsz`,
/// `stride` and `batch`. YOLOv5's own exporter writes only `names` and `stride`.
struct UltralyticsDescription {
    /// `detect`, `segment`, `pose`, `obb` or `classify`; nil if not given.
    let task: String?
    /// The class names; nil if they cannot be read.
    let classNames: [String]?
    /// The size of the input; nil if not given.
    let extent: InputExtent?
    /// The largest number of input pixels between neighbouring cells, of which other input sizes must be multiples; nil if not given.
    let stride: Int?

    /// Reads a file's metadata.
    ///
    /// - Returns: nil if the file is not from Ultralytics.
    init?(_ metadata: [String: String]) {
        guard metadata["names"] != nil || metadata["task"] != nil,
            ["task", "stride", "imgsz"].contains(where: { metadata[$0] != nil })
        else { return nil }
        task = metadata["task"]
        classNames = metadata["names"].flatMap(PythonLiteral.init).flatMap(Self.names)
        extent = metadata["imgsz"].flatMap(PythonLiteral.init).flatMap(Self.extent)
        stride = metadata["stride"].flatMap { text in Int(text) ?? Double(text).flatMap { Int(exactly: $0) } }
            .flatMap { (1...1024).contains($0) ? $0 : nil }
    }

    /// The task, if it is another one than detection.
    var otherTask: String? { task == "detect" ? nil : task }

    /// Why objects cannot be read from the outputs; nil for a detector.
    func refusal(of file: String) -> String? {
        guard let otherTask else { return nil }
        return
            "\(file) is a network for the task '\(otherTask)', as its metadata says, and only the outputs of detectors "
            + "(task 'detect') can be decoded to objects; elements of its outputs can be explained "
            + "(pinpoint inspect --target)"
    }

    /// Class names by index, from a dictionary or a list; nil if an index is missing.
    private static func names(_ literal: PythonLiteral) -> [String]? {
        switch literal {
        case .list(let values):
            let names = values.compactMap(\.text)
            return names.count == values.count && !names.isEmpty ? names : nil
        case .dictionary(let entries):
            var byIndex: [Int: String] = [:]
            for entry in entries {
                guard let index = entry.key.number ?? entry.key.text.flatMap({ Int($0) }), let name = entry.value.text
                else { return nil }
                byIndex[index] = name
            }
            let names = (0..<entries.count).compactMap { byIndex[$0] }
            return names.count == entries.count && !names.isEmpty ? names : nil
        default: return nil
        }
    }

    /// Rows and columns, or one number for both.
    private static func extent(_ literal: PythonLiteral) -> InputExtent? {
        let sides: [Int]
        switch literal {
        case .integer(let side): sides = [side, side]
        case .list(let values): sides = values.compactMap(\.number)
        default: return nil
        }
        guard sides.count == 2, sides.allSatisfy((1...1 << 16).contains) else { return nil }
        return InputExtent(rows: sides[0], columns: sides[1])
    }
}
