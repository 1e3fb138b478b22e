import Boxes
import Foundation

/// The values of one line of a label file, and what their count says about its kind.
struct YOLOLine {
    /// The text that the values stand in, and where.
    private var bytes: [UInt8]
    private var fields: [Range<Int>]

    /// How many values there are.
    var count: Int { fields.count }

    /// A value as written.
    func text(_ index: Int) -> String { String(decoding: bytes[fields[index]].prefix(40), as: UTF8.self) }

    /// The values up to the first one that is no number, if there is one.
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

    /// What the values after the class are.
    enum Shape: Equatable {
        /// Centre and extents, and perhaps a confidence.
        case box
        /// Corners, and perhaps a confidence.
        case polygon(count: Int)
        /// Centre, extents, and keypoints of so many numbers each.
        case pose(dimensions: Int)
        /// Centre, extents, and more numbers or fewer than the declared keypoints have.
        case otherPose
    }

    /// Splits a line at white space and commas; there may be none.
    ///
    /// - Parameters:
    ///   - bytes: a text.
    ///   - line: where in it the line stands.
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

    /// `0 0,5 0,5 0,1 0,1` has decimal commas; others stand between values.
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

    /// The kind of line that some numbers are.
    ///
    /// Keypoints are those that the data set declares; without, only lines whose every third number is a visibility, and too
    /// many for that to be chance.
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

    /// Whether lines are those of a label file: most of them are, and one is beyond doubt.
    static func areLabels(_ lines: [String]) -> Bool {
        var (seen, count) = (0, 0)
        for text in lines {
            let bytes = Array(text.utf8)
            let line = YOLOLine(bytes, in: bytes.indices)
            if line.count == 0 { continue }
            seen += 1
            if line.isLabel { count += 1 }
            // The rest is as they are.
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
        // Pixels are a mistake that people make in label files; longer rows of them, and six whole numbers, are tables of
        // something else: tracks, faces.
        return count == 5 || count == 6 && !numbers.dropFirst().allSatisfy { $0 == $0.rounded() }
    }
}

/// The keypoints that a data set declares.
struct YOLOKeypoints: Equatable {
    var count: Int
    /// 2 for places alone, 3 with a visibility.
    var dimensions: Int
    /// As many as there are keypoints.
    var names: [String]
    /// The keypoint that takes each one's place in a mirrored image; nil when nothing says so.
    var mirrored: [Int]?

    var skeleton: Skeleton {
        let pairs = mirrored.map { order in
            order.indices.filter { order[$0] > $0 }.map { Skeleton.Pair($0, order[$0]) }
        }
        return Skeleton(keypointNames: names, mirrorPairs: pairs)
    }
}
