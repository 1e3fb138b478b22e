import Boxes
import Foundation

/// Which objects of a data set are read.
public enum ObjectChoice: String, CaseIterable, Hashable, Sendable {
    /// Boxes where all objects have one, points where all are points; a data set with both is refused.
    case automatic
    /// Boxes; points are left out.
    case boxes
    /// Points; of a box, its centre.
    case points
}

extension RawDataset {
    /// Decides whether objects are boxes or points, and leaves points out where boxes are wanted. Boxes become points once they have been
    /// validated (``AnnotationValidator``).
    ///
    /// - Throws: ``DatasetError/mixedObjects(path:boxes:points:example:)``, ``DatasetError/onlyPoints(path:points:)``.
    mutating func chooseObjects(_ choice: ObjectChoice, path: String) throws(DatasetError) -> ObjectKind {
        var counts = (boxes: 0, points: 0)
        for image in images {
            // A crowd is a region, also among points.
            for object in image.objects where !object.crowd {
                if object.origin == .point { counts.points += 1 } else { counts.boxes += 1 }
            }
        }
        switch choice {
        case .points: break
        case .boxes:
            if counts.boxes == 0 && counts.points > 0 { throw .onlyPoints(path: path, points: counts.points) }
            leaveOutPoints()
        case .automatic:
            if counts.points == 0 { return .boxes }
            if counts.boxes > 0 {
                throw .mixedObjects(
                    path: path, boxes: counts.boxes, points: counts.points,
                    example: firstObject(isPoint: counts.points <= counts.boxes))
            }
        }
        guard choice != .boxes else { return .boxes }
        // Keypoints are parts of an object with a size.
        skeleton = nil
        for image in images.indices {
            for object in images[image].objects.indices { images[image].objects[object].keypoints = [] }
        }
        return .points
    }

    private mutating func leaveOutPoints() {
        for index in images.indices where images[index].objects.contains(where: { $0.origin == .point }) {
            for object in images[index].objects where object.origin == .point {
                images[index].lose(
                    DatasetProblem(
                        file: images[index].source, object: object.number, line: object.line, rule: .emptyBox,
                        message: "it is a point, which has no area; it was left out"))
            }
            images[index].objects.removeAll { $0.origin == .point }
        }
    }

    /// Names the first point or the first box.
    private func firstObject(isPoint: Bool) -> String {
        for image in images {
            guard let object = image.objects.first(where: { ($0.origin == .point) == isPoint && !$0.crowd }) else {
                continue
            }
            return
                "the first \(isPoint ? "point" : "box") is object \(object.number) of \(image.source.lastPathComponent)"
        }
        return ""
    }
}
