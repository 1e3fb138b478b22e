import Boxes
import Foundation

/// Reads label files.
struct YOLOLabels {
    /// The class names by number; nil without names, and then every number is a class.
    let names: YOLONames.List?
    let keypoints: YOLOKeypoints?

    /// The maximum class number.
    static let maximumClass = 100_000.0
    /// The maximum size of a label file.
    private static let maximumBytes = 16 << 20

    /// Reads a file; the objects' ``RawObject/classIndex`` is the class number.
    func image(_ file: FolderTree.File) -> RawImage {
        var image = RawImage(source: file.url)
        image.annotationFile = file
        image.units = .fractions
        do throws(TextFile.Fault) {
            var number = 0
            let text = try TextFile(file.url, limit: Self.maximumBytes).utf8
            TextFile.forEachLine(of: text) { line, range in
                let values = YOLOLine(text, in: range)
                if values.count == 0 { return }
                number += 1
                do throws(DatasetProblem) {
                    let object = try object(values, number: number, line: line, file: file.url)
                    image.objects.append(object)
                    if let problem = keypointProblem(values, number: number, line: line, file: file.url) {
                        image.problems.append(problem)
                    }
                } catch { image.lose(error) }
            }
        } catch {
            image.state = .unreadable
            image.problems.append(
                DatasetProblem(file: file.url, line: error.line, rule: .unreadableAnnotation, message: error.reason))
        }
        return image
    }

    private func object(
        _ text: YOLOLine, number: Int, line: Int, file: URL
    ) throws(DatasetProblem) -> RawObject {
        func problem(_ rule: DatasetRule, _ message: String) -> DatasetProblem {
            DatasetProblem(file: file, object: number, line: line, rule: rule, message: "\(message); it was left out")
        }
        guard text.count >= 5 else {
            throw problem(
                .missingField,
                "the line has \(text.count == 1 ? "1 value" : "\(text.count) values") instead of a class number and at "
                    + "least four numbers")
        }
        let values = text.numbers
        if values.count < text.count {
            let meaning = values.isEmpty ? " (a class number is expected)" : ""
            throw problem(
                .notANumber,
                "value \(values.count + 1) is '\(text.text(values.count))', which is not a finite number\(meaning)")
        }
        if let reason = classFault(values[0]) { throw problem(.unknownClass, reason) }
        return try object(
            values, at: RawObject(number: number, line: line, classIndex: Int(values[0]), box: .nowhere), problem)
    }

    /// Reports a line whose keypoints do not match the declared ones; its box is still used.
    private func keypointProblem(_ text: YOLOLine, number: Int, line: Int, file: URL) -> DatasetProblem? {
        guard let keypoints, YOLOLine.shape(text.numbers, keypoints: keypoints) == .otherPose else { return nil }
        return DatasetProblem(
            file: file, object: number, line: line, rule: .wrongKeypointCount,
            message: "it has \(text.count - 5) numbers after its box, but 'kpt_shape' requires "
                + "\(keypoints.count * keypoints.dimensions); its keypoints were left out")
    }

    private func classFault(_ value: Double) -> String? {
        guard value == value.rounded(), (0...Self.maximumClass).contains(value) else {
            return "the class is \(plain(value)) instead of a whole number from 0"
        }
        guard let names, names.names[Int(value)] == nil else { return nil }
        let count = names.names.count
        return
            "there is no class \(plain(value)): \(names.title) names \(count == 1 ? "1 class" : "\(count) classes"), "
            + (names.isCounted ? "0 to \(count - 1)" : "none with this number")
    }

    private func object(
        _ values: [Double], at place: RawObject, _ problem: (DatasetRule, String) -> DatasetProblem
    ) throws(DatasetProblem) -> RawObject {
        var object = place
        func requireFractions(_ numbers: ArraySlice<Double>) throws(DatasetProblem) {
            guard let pixel = numbers.first(where: { abs($0) > 2 }) else { return }
            throw problem(
                .notANumber,
                "\(plain(pixel)) seems to be in pixels instead of a fraction of the image's width or height (0 to 1)"
            )
        }
        switch YOLOLine.shape(values, keypoints: keypoints) {
        case .polygon(let count):
            let corners = values[1..<1 + 2 * count]
            try requireFractions(corners)
            let xs = stride(from: 1, to: 1 + 2 * count, by: 2).map { values[$0] }
            let ys = stride(from: 2, to: 1 + 2 * count, by: 2).map { values[$0] }
            object.box = .enclosing(xs: xs, ys: ys) ?? .nowhere
            object.origin = .polygon
        case let shape:
            try requireFractions(values[1..<5])
            object.box = Box(centerX: values[1], centerY: values[2], width: values[3], height: values[4])
            if keypoints != nil, case .pose(let dimensions) = shape {
                object.keypoints = readKeypoints(values[5...], dimensions: dimensions)
            }
        }
        return object
    }

    private func readKeypoints(_ values: ArraySlice<Double>, dimensions: Int) -> [Keypoint<ImagePixels>] {
        stride(from: values.startIndex, to: values.endIndex, by: dimensions).map { place in
            let (x, y) = (values[place], values[place + 1])
            if dimensions == 2 { return x == 0 && y == 0 ? .absent : Keypoint(x: x, y: y) }
            let visibility = values[place + 2]
            return visibility > 0 ? Keypoint(x: x, y: y, visibility: visibility == 1 ? .hidden : .visible) : .absent
        }
    }
}

extension Box {
    /// A placeholder box.
    fileprivate static var nowhere: Box { Box(xMin: 0, yMin: 0, xMax: 0, yMax: 0) }
}
