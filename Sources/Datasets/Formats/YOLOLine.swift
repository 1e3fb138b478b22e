import Boxes
import Foundation

/// The values of one line of a label file, whose count indicates the kind of object.
struct YOLOLine {
    /// The text with the values, and their positions in it.
    private var bytes: [UInt8]
    private var fields: [Range<Int>]

    /// The number of values.
    var count: Int { fields.count }

    /// Returns a value as written.
    func text(_ index: Int) -> String { String(decoding: bytes[fields[index]].prefix(40), as: UTF8.self) }

    /// The values before the first one that is not a number.
    var numbers: [Double] {
        bytes.withUnsafeBufferPointer { bytes in
            var numbers: [Double] = []
            numbers.reserveCapacity(fields.count)
            for field in fields {
                guard let number = plainNumber(UnsafeBufferPointer(rebasing: bytes[field])) else { break }
                numbers.append(number)
            }
            return numbers
        }
    }

    /// The meaning of the values after the class.
    enum Shape: Equatable {
        /// Centre, width and height, and optionally a confidence.
        case box
        /// Corners, and optionally a confidence.
        case polygon(count: Int)
        /// Centre, width and height, and keypoints with the given number of values each.
        case pose(dimensions: Int)
        /// Centre, width and height, and a count of values that does not match the declared keypoints.
        case otherPose
    }

    /// Splits a line at white space and commas; there may be none.
    ///
    /// - Parameters:
    ///   - bytes: The text.
    ///   - line: The range of the line in the text.
    init(_ bytes: [UInt8], in line: Range<Int>) {
        self.bytes = bytes
        let comma = UInt8(ascii: ",")
        var hasCommas = false
        fields = Self.split(bytes, in: line) { byte in
            hasCommas = hasCommas || byte == comma
            return byte <= 0x20
        }
        if !hasCommas { return }
        if areDecimal {
            self.bytes = bytes[line].map { $0 == comma ? UInt8(ascii: ".") : $0 }
            fields = fields.map { $0.lowerBound - line.lowerBound..<$0.upperBound - line.lowerBound }
        } else {
            fields = Self.split(bytes, in: line) { $0 <= 0x20 || $0 == comma }
        }
    }

    /// Whether commas are decimal, as in `0 0,5 0,5 0,1 0,1`, instead of separating values.
    private var areDecimal: Bool {
        fields.count >= 5
            && fields.allSatisfy { field in
                let parts = bytes[field].split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false)
                let hasPoint = bytes[field].contains(UInt8(ascii: "."))
                return parts.count == 1 || parts.count == 2 && !hasPoint && parts.allSatisfy { !$0.isEmpty }
            }
    }

    private static func split(_ bytes: [UInt8], in line: Range<Int>, at isSeparator: (UInt8) -> Bool) -> [Range<Int>] {
        var fields: [Range<Int>] = []
        var start = line.lowerBound
        for place in line where isSeparator(bytes[place]) {
            if place > start { fields.append(start..<place) }
            start = place + 1
        }
        if start < line.upperBound { fields.append(start..<line.upperBound) }
        return fields
    }

    /// Determines the kind of a line from its numbers.
    ///
    /// Keypoints are recognized by the data set's declaration; without one, only when every third number is a visibility, in lines
    /// too long for that to be chance.
    static func shape(_ values: [Double], keypoints: YOLOKeypoints?) -> Shape {
        let count = values.count
        if let keypoints, count == 5 + keypoints.count * keypoints.dimensions {
            return .pose(dimensions: keypoints.dimensions)
        }
        if keypoints != nil && count > 6 { return .otherPose }
        if count <= 6 { return .box }
        let canBePose = (count - 5) % 3 == 0 && (count.isMultiple(of: 2) || count >= 17)
        if canBePose, stride(from: 7, to: count, by: 3).allSatisfy({ [0, 1, 2].contains(values[$0]) }) {
            return .pose(dimensions: 3)
        }
        return .polygon(count: (count - 1) / 2)
    }

    /// Returns whether lines belong to a label file: at least half of the first ones must look like labels.
    static func areLabels(_ lines: [String]) -> Bool {
        var (seen, count) = (0, 0)
        for text in lines {
            let bytes = Array(text.utf8)
            let line = YOLOLine(bytes, in: bytes.indices)
            if line.count == 0 { continue }
            seen += 1
            if line.isLabel { count += 1 }
            // The first ten lines are enough.
            if seen == 10 { break }
        }
        return count > 0 && 2 * count >= seen
    }

    private var isLabel: Bool {
        let numbers = numbers
        guard count >= 5, numbers.count == count, numbers[0] >= 0, numbers[0] == numbers[0].rounded() else {
            return false
        }
        if numbers.dropFirst().allSatisfy({ abs($0) <= 2 }) { return true }
        // Pixels are a common mistake in label files; longer rows of them, and six whole numbers, belong to other tables such as
        // tracks or faces.
        return count == 5 || count == 6 && !numbers.dropFirst().allSatisfy { $0 == $0.rounded() }
    }
}

/// The keypoints declared by a data set.
struct YOLOKeypoints: Equatable {
    var count: Int
    /// The values per keypoint: 2 for coordinates only, 3 with a visibility.
    var dimensions: Int
    /// The names, one per keypoint.
    var names: [String]
    /// The counterpart of each keypoint in a mirrored image; nil when not declared.
    var mirrored: [Int]?

    var skeleton: Skeleton {
        let pairs = mirrored.map { order in
            order.indices.filter { order[$0] > $0 }.map { Skeleton.Pair($0, order[$0]) }
        }
        return Skeleton(keypointNames: names, mirrorPairs: pairs)
    }
}
