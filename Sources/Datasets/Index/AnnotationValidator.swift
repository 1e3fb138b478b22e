import Boxes
import Foundation
import Images

/// The image size that boxes are checked against.
struct ImageExtent: Sendable {
    /// The size in pixels after the EXIF orientation is applied.
    var width, height: Int
    /// The EXIF orientation of the stored image.
    var orientation = EXIFOrientation.upright
}

/// A validated object of the index, with its position in its file.
package struct IndexedObject: Sendable {
    package var object: AnnotatedObject
    /// The object's position in its file, from 1, and its line.
    package var number: Int
    package var line: Int?
}

/// Validates annotations against their images. Training uses exactly the objects that it returns, and a repaired copy contains them.
struct AnnotationValidator {
    /// The names of the data set's classes, by ``RawObject/classIndex``.
    let classNames: [String]
    /// Whether pixels are counted from 1, so that an edge of 0 is one pixel out of bounds.
    let countsFromOne: Bool
    /// What objects become: of boxes, points are the centres.
    let kind: ObjectKind

    typealias Report = (DatasetRule, String, DatasetProblem.Severity?) -> Void

    /// Returns the objects that are kept, with ``AnnotatedObject/classIndex`` as in the annotation, and the problems.
    func judge(_ image: RawImage, extent: ImageExtent) -> (objects: [IndexedObject], problems: [DatasetProblem]) {
        var problems: [DatasetProblem] = []
        let view = view(of: image, extent: extent, problems: &problems)
        var objects: [IndexedObject] = []
        var seen: Set<AnnotatedObject> = []
        for raw in image.objects {
            func report(_ rule: DatasetRule, _ message: String, _ severity: DatasetProblem.Severity? = nil) {
                problems.append(
                    DatasetProblem(
                        file: image.source, object: raw.number, line: raw.line, rule: rule,
                        message: raw.id.map { "(id \($0)) \(message)" } ?? message, severity: severity))
            }
            let unclipped = view(raw.box)
            if raw.origin == .point {
                guard let point = fitted(point: unclipped, to: extent, report: report) else { continue }
                var object = AnnotatedObject(
                    classIndex: raw.classIndex, className: classNames[raw.classIndex], box: point, kind: .points,
                    difficult: raw.difficult)
                object.isIgnored = raw.isIgnored
                if seen.insert(object).inserted {
                    objects.append(IndexedObject(object: object, number: raw.number, line: raw.line))
                } else {
                    report(.duplicateObject, "an earlier object is the same point; this one was left out")
                }
                continue
            }
            if countsFromOne, (-1..<0).contains(unclipped.xMin) || (-1..<0).contains(unclipped.yMin) {
                report(.zeroBasedBox, "an edge is 0, but VOC counts pixels from 1; it was moved to the image's border")
            }
            guard let box = fitted(unclipped, to: extent, report: report) else { continue }
            if raw.origin != .box { report(.enclosingBox, "its box was computed from its \(raw.origin.rawValue)") }
            var object = AnnotatedObject(classIndex: raw.classIndex, className: classNames[raw.classIndex], box: box)
            if !seen.insert(object).inserted {
                report(.duplicateObject, "an earlier object has the same class and box; this one was left out")
                continue
            }
            object.difficult = raw.difficult
            object.truncated = raw.truncated
            object.crowd = raw.crowd
            object.isIgnored = raw.crowd || raw.isIgnored
            object.area = raw.area
            object.keypoints = fitted(raw.keypoints.map { turned($0, view) }, to: extent, report: report)
            // A crowd has no centre that is one object's; the network learns nothing under its box.
            if kind == .points && !object.crowd { (object.kind, object.box, object.area) = (.points, box.center, nil) }
            objects.append(IndexedObject(object: object, number: raw.number, line: raw.line))
        }
        return (objects, problems)
    }

    /// Returns the part of the box inside the image; nil when there is none.
    private func fitted(
        _ box: Box<ImagePixels>, to extent: ImageExtent, report: Report
    ) -> Box<ImagePixels>? {
        if box.isEmpty {
            report(.emptyBox, "its box has no area; it was left out", nil)
            return nil
        }
        let size = "\(extent.width)x\(extent.height)"
        let clipped = box.clipped(width: Double(extent.width), height: Double(extent.height))
        if clipped.isEmpty {
            report(
                .outsideImage, "its box \(edges(box)) lies outside the image (\(size) pixels); it was left out", .error
            )
            return nil
        }
        // In VOC an edge of 0 is one pixel out of bounds and has its own rule; rounding errors are ignored.
        let (near, far) = countsFromOne ? (1.0, 0.0) : (0.01, 0.01)
        let overhang = max(
            -box.xMin - near, -box.yMin - near, box.xMax - clipped.xMax - far, box.yMax - clipped.yMax - far)
        if overhang > 0 {
            report(
                .outsideImage, "its box \(edges(box)) extends beyond the image (\(size) pixels); it was clipped", nil)
        }
        if min(clipped.width, clipped.height) <= 1 {
            let extents = "\(hundredths(clipped.width))x\(hundredths(clipped.height))"
            report(.onePixelBox, "its box is only \(extents) pixels; it was kept", nil)
        }
        return clipped
    }

    /// Returns a point inside the image, whose edges count as inside; nil for any other.
    private func fitted(
        point: Box<ImagePixels>, to extent: ImageExtent, report: Report
    ) -> Box<ImagePixels>? {
        let (width, height) = (Double(extent.width), Double(extent.height))
        // Rounding errors are ignored, as with boxes.
        let inside = point.clipped(width: width, height: height)
        if point.centerDistance(to: inside) <= 0.01 { return inside }
        report(
            .outsideImage,
            "its point [\(hundredths(point.xMin)), \(hundredths(point.yMin))] lies outside the image (\(extent.width)x"
                + "\(extent.height) pixels); it was left out", .error)
        return nil
    }

    private func edges(_ box: Box<ImagePixels>) -> String {
        "[\([box.xMin, box.yMin, box.xMax, box.yMax].map(hundredths).joined(separator: ", "))]"
    }

    /// Formats a number rounded to two decimals: fractions converted to pixels have many.
    private func hundredths(_ value: Double) -> String { plain((value * 100).rounded() / 100) }

    /// Returns the keypoints; those outside the image become absent. The image's edges count as inside.
    private func fitted(
        _ keypoints: [Keypoint<ImagePixels>], to extent: ImageExtent, report: Report
    ) -> [Keypoint<ImagePixels>] {
        let (xs, ys) = (0...Double(extent.width), 0...Double(extent.height))
        let fitted = keypoints.map { keypoint in
            keypoint.isAnnotated && !(xs.contains(keypoint.x) && ys.contains(keypoint.y)) ? .absent : keypoint
        }
        let lost = zip(keypoints, fitted).count { $0.isAnnotated && !$1.isAnnotated }
        if lost > 0 {
            report(
                .keypointOutsideImage,
                "\(lost) of its keypoints \(lost == 1 ? "lies" : "lie") outside the image (\(extent.width)x"
                    + "\(extent.height) pixels) and \(lost == 1 ? "was" : "were") left out", nil)
        }
        return fitted
    }

    private func turned(
        _ keypoint: Keypoint<ImagePixels>, _ view: (Box<ImagePixels>) -> Box<ImagePixels>
    ) -> Keypoint<ImagePixels> {
        guard keypoint.isAnnotated else { return keypoint }
        let point = view(Box(xMin: keypoint.x, yMin: keypoint.y, xMax: keypoint.x, yMax: keypoint.y))
        return Keypoint(x: point.xMin, y: point.yMin, visibility: keypoint.visibility)
    }
}

// MARK: - From the annotation's coordinates to the image's

extension AnnotationValidator {
    /// Returns the rotation and scaling that maps boxes to the image as it is decoded.
    private func view(
        of image: RawImage, extent: ImageExtent, problems: inout [DatasetProblem]
    ) -> (Box<ImagePixels>) -> Box<ImagePixels> {
        func report(_ rule: DatasetRule, _ message: String) {
            problems.append(DatasetProblem(file: image.source, line: image.line, rule: rule, message: message))
        }
        let (width, height) = (Double(extent.width), Double(extent.height))
        if image.units == .fractions {
            if extent.orientation != .upright { report(.exifAmbiguous, Self.ambiguous) }
            return { $0.scaled(x: width, y: height) }
        }
        // Many tools write 0 for an unknown size.
        guard let statedWidth = image.statedWidth, let statedHeight = image.statedHeight, statedWidth > 0,
            statedHeight > 0, statedWidth.isFinite, statedHeight.isFinite
        else {
            if extent.orientation != .upright { report(.exifAmbiguous, Self.ambiguous) }
            return { $0 }
        }
        let stated = "\(plain(statedWidth))x\(plain(statedHeight))"
        let swaps = extent.orientation.swapsAxes
        if (statedWidth, statedHeight) == (width, height) {
            let canBeTold = swaps && extent.width != extent.height
            if extent.orientation != .upright && !canBeTold { report(.exifAmbiguous, Self.ambiguous) }
            return { $0 }
        }
        if swaps, Self.isSameShape(statedWidth, statedHeight, height, width),
            !Self.isSameShape(statedWidth, statedHeight, width, height)
        {
            report(
                .exifRotated, "the boxes were drawn without the image's EXIF rotation; they were rotated to match it")
            let (x, y) = (width / statedHeight, height / statedWidth)
            return {
                extent.orientation.upright($0, width: statedWidth, height: statedHeight).scaled(x: x, y: y)
            }
        }
        let fits = image.objects.allSatisfy { $0.box.xMax <= statedWidth * 1.02 && $0.box.yMax <= statedHeight * 1.02 }
        if fits, !image.hasStaleSize, Self.isSameShape(statedWidth, statedHeight, width, height) {
            report(
                .resizedImage,
                "it was annotated at \(stated), but the image has \(extent.width)x\(extent.height) pixels; its boxes were scaled"
            )
            return { $0.scaled(x: width / statedWidth, y: height / statedHeight) }
        }
        report(
            .sizeMismatch,
            "it states a size of \(stated), but the image has \(extent.width)x\(extent.height) pixels; its boxes were not scaled"
        )
        return { $0 }
    }

    private static let ambiguous =
        "the image has an EXIF rotation, and it is unknown whether the boxes include it; they are assumed to fit the rotated image"

    /// Returns whether two sizes have the same aspect ratio, within the rounding to whole pixels.
    private static func isSameShape(_ width: Double, _ height: Double, _ otherWidth: Double, _ otherHeight: Double)
        -> Bool
    {
        let (x, y) = (otherWidth / width, otherHeight / height)
        let tolerance = 0.005 + 1 / min(width, height, otherWidth, otherHeight)
        return abs(x / y - 1) <= tolerance
    }
}

extension Box {
    func scaled(x: Double, y: Double) -> Box { Box(xMin: xMin * x, yMin: yMin * y, xMax: xMax * x, yMax: yMax * y) }
}
