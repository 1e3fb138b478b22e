import Boxes
import JSON

/// Computes the box around a COCO `segmentation`: polygons, or a run-length encoded mask.
enum COCOOutline {
    /// Computes the box of a segmentation.
    ///
    /// - Parameter bytes: A document from the start of the value.
    /// - Returns: The box and its origin; nil when the segmentation is empty.
    /// - Throws: ``JSONError`` when the value is not valid JSON.
    static func box(
        _ bytes: UnsafeRawBufferPointer
    ) throws(JSONError) -> (box: Box<ImagePixels>, origin: RawObject.Origin)? {
        var reader = JSONReader(bytes)
        switch try reader.kind() {
        case .array: return try polygons(&reader).map { ($0, .polygon) }
        case .object: return try mask(&reader).map { ($0, .mask) }
        default: return nil
        }
    }

    /// Reads polygons: `[[x, y, x, y, ...], ...]`, or a single such list.
    private static func polygons(_ reader: inout JSONReader) throws(JSONError) -> Box<ImagePixels>? {
        var (xs, ys) = (Extent(), Extent())
        var isX = true
        try reader.numbers { number in
            if isX { xs.add(number) } else { ys.add(number) }
            isX.toggle()
        }
        return Box(xs, ys)
    }

    /// Reads a mask: `{"size": [height, width], "counts": ...}`, alternating runs of pixels outside and inside, column by column.
    private static func mask(_ reader: inout JSONReader) throws(JSONError) -> Box<ImagePixels>? {
        var (size, runs): ([Double], [Int]) = ([], [])
        try reader.object { (key, reader) throws(JSONError) in
            switch (key, try reader.kind()) {
            case ("size", .array): try reader.numbers { if size.count < 3 { size.append($0) } }
            case ("counts", .array): try reader.numbers { runs.append(Int(exactly: $0) ?? -1) }
            case ("counts", .string): runs = decode(try reader.string())
            default: break
            }
        }
        guard size.count == 2, let height = Int(exactly: size[0]), let width = Int(exactly: size[1]),
            (1...100_000).contains(height), (1...100_000).contains(width)
        else { return nil }
        return box(of: runs, width: width, height: height)
    }

    /// Returns the box around the pixels inside; nil when there are none, or when the runs do not fit the mask.
    static func box(of runs: [Int], width: Int, height: Int) -> Box<ImagePixels>? {
        var (xs, ys) = (Extent(), Extent())
        var position = 0
        for (index, run) in runs.enumerated() {
            guard run >= 0, run <= width * height - position else { return nil }
            if index % 2 == 1 && run > 0 {
                let (first, last) = (position, position + run - 1)
                xs.add(Double(first / height))
                xs.add(Double(last / height + 1))
                if first / height == last / height {
                    ys.add(Double(first % height))
                    ys.add(Double(last % height + 1))
                } else {
                    ys.add(0)
                    ys.add(Double(height))
                }
            }
            position += run
        }
        return Box(xs, ys)
    }

    /// Decodes the runs of a compressed mask: five bits per character, signed, lowest first, from the third run on as differences to
    /// the run before the last (`rleFrString` in COCO's `maskApi.c`).
    static func decode(_ text: String) -> [Int] {
        var runs: [Int] = []
        var (value, shift) = (0, 0)
        for byte in text.utf8 {
            guard (48..<112).contains(byte), shift < 60 else { return [] }
            let bits = Int(byte) - 48
            value |= (bits & 0x1f) << shift
            shift += 5
            if bits & 0x20 != 0 { continue }
            if bits & 0x10 != 0 { value |= -1 << shift }
            if runs.count > 2 { value &+= runs[runs.count - 2] }
            runs.append(value)
            (value, shift) = (0, 0)
        }
        return runs
    }
}

/// The minimum and maximum of some numbers.
private struct Extent {
    private(set) var low = Double.infinity, high = -Double.infinity

    mutating func add(_ value: Double) {
        if value < low { low = value }
        if value > high { high = value }
    }
}

extension Box {
    fileprivate init?(_ xs: Extent, _ ys: Extent) {
        self.init(xMin: xs.low, yMin: ys.low, xMax: xs.high, yMax: ys.high)
        if !isFinite { return nil }
    }
}
