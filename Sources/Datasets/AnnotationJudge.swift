import Boxes
import Foundation
import Images

/// Holds what annotations say against the picture and the classes: the rules that need both. What it returns is what
/// training sees, and what a mended copy says.
struct AnnotationJudge {
    /// The classes to number; nil takes every name, and numbers none.
    var classIndices: [String: Int]?

    /// The objects that stay, and what is wrong.
    ///
    /// - Parameters:
    ///   - picture: What the picture's header says.
    ///   - file: The file to name.
    func judge(
        _ annotation: RawAnnotation, picture: ImageHeader, file: URL
    ) -> (objects: [AnnotatedObject], problems: [DatasetProblem]) {
        var problems = annotation.problems
        let turn = turn(annotation, picture: picture, file: file, problems: &problems)
        var objects: [AnnotatedObject] = []
        var seen: Set<AnnotatedObject> = []
        for raw in annotation.objects {
            func report(_ rule: DatasetRule, _ message: String, _ severity: DatasetProblem.Severity? = nil) {
                problems.append(
                    DatasetProblem(
                        file: file, object: raw.number, line: raw.line, rule: rule, message: message,
                        severity: severity))
            }
            let classIndex = classIndices.map { $0[raw.name] ?? -1 } ?? 0
            if classIndex < 0 {
                report(.unknownClass, "'\(raw.name.prefix(80))' is none of the classes asked for; it was left out")
                continue
            }
            guard let box = fitted(turn(raw.box), to: picture, report: report) else { continue }
            var object = AnnotatedObject(classIndex: classIndex, className: raw.name, box: box)
            if !seen.insert(object).inserted {
                report(.duplicateObject, "this class and box are there already; one of them was left out")
                continue
            }
            object.difficult = raw.difficult
            object.truncated = raw.truncated
            object.crowd = raw.crowd
            object.area = raw.area
            object.joints = fitted(raw.joints.map { turned($0, turn) }, to: picture, report: report)
            objects.append(object)
        }
        return (objects, problems)
    }

    /// The box inside the picture; nil when there is nothing of it.
    private func fitted(
        _ box: Box<ImagePixels>, to picture: ImageHeader,
        report: (DatasetRule, String, DatasetProblem.Severity?) -> Void
    ) -> Box<ImagePixels>? {
        if box.isEmpty {
            report(.emptyBox, "its box covers nothing; it was left out", nil)
            return nil
        }
        let size = "\(picture.width)x\(picture.height)"
        let clipped = box.clipped(width: Double(picture.width), height: Double(picture.height))
        if clipped.isEmpty {
            report(.outsideImage, "its box lies outside the picture of \(size) pixels; it was left out", .error)
            return nil
        }
        // An edge of 0 is one pixel outside by VOC's counting, and has a rule of its own.
        let overhang = max(-1 - box.xMin, -1 - box.yMin, box.xMax - clipped.xMax, box.yMax - clipped.yMax)
        if overhang > 0 {
            report(.outsideImage, "its box reaches beyond the picture of \(size) pixels; it was clipped", nil)
        }
        if min(clipped.width, clipped.height) <= 1 {
            let extents = "\(plain(clipped.width))x\(plain(clipped.height))"
            report(.onePixelBox, "its box is \(extents) pixels; it was kept", nil)
        }
        return clipped
    }

    /// The joints inside the picture; those outside are taken to be absent. An edge of the picture is inside.
    private func fitted(
        _ joints: [Joint<ImagePixels>], to picture: ImageHeader,
        report: (DatasetRule, String, DatasetProblem.Severity?) -> Void
    ) -> [Joint<ImagePixels>] {
        let (xs, ys) = (0...Double(picture.width), 0...Double(picture.height))
        let fitted = joints.map { joint in
            joint.isAnnotated && !(xs.contains(joint.x) && ys.contains(joint.y)) ? .absent : joint
        }
        let lost = zip(joints, fitted).count { $0.isAnnotated && !$1.isAnnotated }
        if lost > 0 {
            report(
                .jointOutsideImage,
                "\(lost) of its joints \(lost == 1 ? "lies" : "lie") outside the picture of \(picture.width)x"
                    + "\(picture.height) pixels and \(lost == 1 ? "was" : "were") left out", nil)
        }
        return fitted
    }

    private func turned(
        _ joint: Joint<ImagePixels>, _ turn: (Box<ImagePixels>) -> Box<ImagePixels>
    ) -> Joint<ImagePixels> {
        guard joint.isAnnotated else { return joint }
        let point = turn(Box(xMin: joint.x, yMin: joint.y, xMax: joint.x, yMax: joint.y))
        return Joint(x: point.xMin, y: point.yMin, visibility: joint.visibility)
    }

    /// How boxes must be turned to lie right on the picture as it is decoded.
    private func turn(
        _ annotation: RawAnnotation, picture: ImageHeader, file: URL, problems: inout [DatasetProblem]
    ) -> (Box<ImagePixels>) -> Box<ImagePixels> {
        // Many tools write 0 for a size that they did not ask for.
        guard let width = annotation.width, let height = annotation.height, width > 0, height > 0,
            (width, height) != (picture.width, picture.height)
        else { return { $0 } }
        if picture.orientation.swapsAxes, (width, height) == (picture.height, picture.width) {
            problems.append(
                DatasetProblem(
                    file: file, rule: .exifRotated,
                    message: "the boxes were drawn before the picture was turned as its EXIF data say; they were turned"
                ))
            return { picture.orientation.upright($0, width: Double(width), height: Double(height)) }
        }
        problems.append(
            DatasetProblem(
                file: file, rule: .sizeMismatch,
                message: "it says \(width)x\(height), and the picture has \(picture.width)x\(picture.height) pixels"))
        return { $0 }
    }
}
