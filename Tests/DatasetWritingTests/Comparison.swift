import Boxes
import DatasetWriting
import Datasets
import Foundation
import TestSupport
import Testing

/// What a format can store besides boxes and classes.
struct Places: OptionSet {
    let rawValue: Int

    static let flags = Places(rawValue: 1)
    static let crowds = Places(rawValue: 2)
    static let areas = Places(rawValue: 4)
    static let all: Places = [.flags, .crowds, .areas]

    static func of(_ format: DatasetWriter.Format) -> Places { format == .yolo ? [] : .all }
}

/// Returns whether a written object equals the original, as far as the format can store it.
private func isSame(_ copy: AnnotatedObject, _ original: AnnotatedObject, _ places: Places) -> Bool {
    let (box, other) = (copy.box, original.box)
    let differences = [
        box.xMin - other.xMin, box.yMin - other.yMin, box.xMax - other.xMax, box.yMax - other.yMax,
    ]
    guard copy.className == original.className, differences.allSatisfy({ abs($0) < 1e-3 }) else { return false }
    if places.contains(.flags), (copy.difficult, copy.truncated) != (original.difficult, original.truncated) {
        return false
    }
    if places.contains(.crowds), (copy.crowd, copy.isIgnored) != (original.crowd, original.isIgnored) { return false }
    // COCO has an area for every object: that of the box when none is stated.
    let areas = (copy.area ?? box.area, original.area ?? other.area)
    return !places.contains(.areas) || abs(areas.0 - areas.1) < 0.1
}

/// Compares a copy with the original, as far as the formats on the way can store the content.
///
/// - Parameters:
///   - hasIdentities: Whether the images have identities besides their names.
///   - hasNumbers: Whether the classes have numbers of their own.
func expectSame(
    _ copy: DatasetIndex, _ original: DatasetIndex, _ places: Places, hasIdentities: Bool = false,
    hasNumbers: Bool = false, _ comment: String, at location: SourceLocation = #_sourceLocation
) {
    func samples(_ index: DatasetIndex) -> [String: Sample] {
        Dictionary(index.images.compactMap(\.sample).map { ($0.id, $0) }, uniquingKeysWith: { $1 })
    }
    let (found, wanted) = (samples(copy), samples(original))
    #expect(found.keys.sorted() == wanted.keys.sorted(), "\(comment)", sourceLocation: location)
    #expect(copy.classNames == original.classNames, "\(comment)", sourceLocation: location)
    for (id, sample) in wanted {
        guard let other = found[id] else { continue }
        let written = sample.objects.filter { places.contains(.crowds) || !$0.crowd }
        #expect(
            other.objects.count == written.count
                && zip(other.objects, written).allSatisfy { isSame($0, $1, places) },
            "\(comment), \(id): \(other.objects) for \(written)", sourceLocation: location)
        #expect(
            other.width == sample.width && other.height == sample.height, "\(comment): \(id)", sourceLocation: location)
        if hasIdentities {
            #expect(other.identity == sample.identity, "\(comment): \(id)", sourceLocation: location)
        }
    }
    if hasNumbers {
        #expect(copy.categories.ids == original.categories.ids, "\(comment)", sourceLocation: location)
    }
    func members(_ index: DatasetIndex) -> [String: Set<String>] {
        Dictionary(
            index.splits.map { split in (split.name, Set(split.members.compactMap { index.images[$0].sample?.id })) },
            uniquingKeysWith: { $1 })
    }
    #expect(members(copy) == members(original), "\(comment)", sourceLocation: location)
    let odd = copy.findings.filter { ![.derivedSplit, .duplicateAcrossSplits].contains($0.rule) }
    #expect(odd.isEmpty, "\(comment): \(odd)", sourceLocation: location)
    #expect(copy.images.flatMap(\.problems).isEmpty, "\(comment)", sourceLocation: location)
}

extension TemporaryFolder {
    /// Writes a copy of a data set into a folder of this one, and reads it.
    func copy(
        _ index: DatasetIndex, as format: DatasetWriter.Format, to name: String,
        images: DatasetWriter.Images = .copied
    ) throws -> DatasetIndex {
        try DatasetWriter(format: format, images: images).write(
            DatasetContent(index), to: file(name), source: index.source.root)
        return try DatasetIndex(DatasetSource(root: file(name)))
    }

    /// All conversions through one or two formats and back.
    func expectRoundTrips(
        _ original: DatasetIndex, hasIdentities: Bool = false, hasNumbers: Bool = false,
        at location: SourceLocation = #_sourceLocation
    ) throws {
        for first in DatasetWriter.Format.allCases {
            let once = try copy(original, as: first, to: "\(first)")
            #expect(once.format.rawValue == first.rawValue, sourceLocation: location)
            let kept = Places.of(first)
            expectSame(
                once, original, kept, hasIdentities: hasIdentities, hasNumbers: hasNumbers, "\(first)", at: location)
            for second in DatasetWriter.Format.allCases {
                let twice = try copy(once, as: second, to: "\(first)-\(second)")
                let both = kept.intersection(.of(second))
                expectSame(
                    twice, original, both, hasIdentities: hasIdentities, hasNumbers: hasNumbers, "\(first)-\(second)",
                    at: location)
                let back = try copy(twice, as: first, to: "\(first)-\(second)-\(first)")
                expectSame(
                    back, original, both, hasIdentities: hasIdentities, hasNumbers: hasNumbers,
                    "\(first)-\(second)-\(first)",
                    at: location)
            }
        }
    }
}
