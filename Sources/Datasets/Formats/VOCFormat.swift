import Boxes
import Foundation
import Markup
import Synchronization
import Tensors

/// The format of the PASCAL Visual Object Classes challenge: one XML file per image, also written by labelImg, LabelMe's web tool, VoTT,
/// Roboflow and CVAT.
enum VOCFormat: AnnotationFormat {
    static let format = DatasetFormat.voc
    static let title = "VOC (one XML file per image)"
    static let otherImages = OtherImages.unannotated

    static func recognizes(_ opening: FileHead) -> Bool {
        switch opening.content {
        case .xml(let root, _): root.lowercased() == "annotation"
        // An unreadable file may be an annotation, and its image must not count as background.
        case .unreadable: opening.file.ending == "xml"
        default: false
        }
    }

    static func read(
        _ files: [FileHead], in tree: FolderTree, request: FormatRequest
    ) throws(DatasetError) -> RawDataset {
        let readings = Mutex([VOCReading?](repeating: nil, count: files.count))
        Parallel.forEach(files.count) { index, _ in
            let reading = VOCReading(files[index].file)
            readings.withLock { $0[index] = reading }
        }
        var raw = RawDataset(format: format)
        raw.countsFromOne = true
        for reading in readings.withLock({ $0 }) {
            guard var image = reading?.image, let names = reading?.classNames else { continue }
            for index in image.objects.indices {
                image.objects[index].classIndex = raw.classes.index(of: names[image.objects[index].classIndex])
            }
            raw.images.append(image)
        }
        return raw
    }
}

/// One annotation, or the reason why it is unreadable.
private struct VOCReading {
    private(set) var image: RawImage
    private(set) var classNames: [String] = []

    /// The maximum size of an annotation of one image.
    private static let maximumBytes = 64 << 20

    init(_ file: FolderTree.File) {
        image = RawImage(source: file.url)
        image.annotationFile = file
        do {
            var reader = XMLReader(try TextFile(file.url, limit: Self.maximumBytes, declaration: .xml).utf8)
            let document = try VOCDocument(&reader)
            if reader.hadBareAmpersand {
                report(.bareAmpersand, "it has a bare '&' where XML requires '&amp;'; it was kept as '&'", line: nil)
            }
            fill(document)
        } catch let error as XMLError {
            fail(error.reason, line: error.line, rule: error.kind == .entityDeclarations ? .entityDeclaration : nil)
        } catch {
            let fault = error as? TextFile.Fault
            fail(fault?.reason ?? "it cannot be read", line: fault?.line)
        }
    }

    private mutating func fail(_ reason: String, line: Int?, rule: DatasetRule? = nil) {
        image.state = .unreadable
        report(rule ?? .unreadableAnnotation, reason, line: line)
    }

    private mutating func report(_ rule: DatasetRule, _ message: String, line: Int?) {
        image.problems.append(DatasetProblem(file: image.source, line: line, rule: rule, message: message))
    }

    private mutating func fill(_ document: VOCDocument) {
        let name = document.fields["filename"]?.text ?? ""
        image.fileName = name.isEmpty ? document.fields["path"]?.text : name
        // A size that is not a number counts as missing.
        image.statedWidth = document.fields["size/width"].flatMap { Double($0.text) }
        image.statedHeight = document.fields["size/height"].flatMap { Double($0.text) }
        for (index, object) in document.objects.enumerated() where object.fields["deleted"]?.text != "1" {
            VOCObject(object, number: index + 1, file: image.source).add(to: &image, classNames: &classNames)
        }
    }
}

/// One `<object>`, to be converted to ``RawObject``s.
private struct VOCObject {
    private let object: VOCDocument.Object
    private let number: Int
    private let file: URL

    init(_ object: VOCDocument.Object, number: Int, file: URL) {
        self.object = object
        self.number = number
        self.file = file
    }

    /// Adds the object's boxes and problems.
    func add(to image: inout RawImage, classNames: inout [String]) {
        guard let name = object.fields["name"], !name.text.isEmpty else {
            return image.lose(problem(.missingField, "it has no name; it was left out"))
        }
        let boxes = object.regions.filter { $0.kind == "bndbox" }
        let regions = boxes.isEmpty ? object.regions : boxes
        if regions.isEmpty { return image.lose(problem(.missingField, "it has no <bndbox>; it was left out")) }
        if name.hadSpaces {
            image.problems.append(
                problem(.nameWithSpaces, "the name was trimmed to '\(name.text.prefix(80))'", name.line))
        }
        if boxes.count > 1 {
            image.problems.append(
                problem(.secondBox, "it has \(boxes.count) <bndbox> elements; each was read as an object of its own"))
        }
        let classIndex = classNames.firstIndex(of: name.text) ?? classNames.count
        if classIndex == classNames.count { classNames.append(name.text) }
        for region in regions {
            do throws(DatasetProblem) {
                var read = RawObject(
                    number: number, line: object.line, classIndex: classIndex,
                    box: try box(region, problems: &image.problems))
                if region.kind != "bndbox" { read.origin = region.kind == "robndbox" ? .rotatedBox : .polygon }
                read.difficult = flag("difficult")
                read.truncated = flag("truncated")
                read.crowd = flag("iscrowd")
                if let area = object.fields["area"].flatMap({ plainNumber($0.text) }), area > 0 { read.area = area }
                image.objects.append(read)
            } catch { image.lose(error) }
        }
    }

    private func box(
        _ region: VOCDocument.Region, problems: inout [DatasetProblem]
    ) throws(DatasetProblem) -> Box<ImagePixels> {
        switch region.kind {
        case "bndbox": try bndbox(region, problems: &problems)
        case "robndbox": try rotatedBox(region)
        default: try polygon(region)
        }
    }

    private func bndbox(
        _ region: VOCDocument.Region, problems: inout [DatasetProblem]
    ) throws(DatasetProblem) -> Box<ImagePixels> {
        func edge(_ name: String) throws(DatasetProblem) -> Double {
            guard let field = region.fields[name], !field.text.isEmpty else {
                throw problem(.missingField, "its box has no <\(name)>; it was left out", region.line)
            }
            return try number(field, "<\(name)>")
        }
        var (x0, x1) = (try edge("xmin"), try edge("xmax"))
        var (y0, y1) = (try edge("ymin"), try edge("ymax"))
        if x0 == 0 && x1 == 0 && y0 == 0 && y1 == 0 {
            throw problem(.emptyBox, "all edges are 0; it was left out", region.line)
        }
        for (axis, low, high) in [("x", x0, x1), ("y", y0, y1)] where low > high {
            problems.append(
                problem(
                    .invertedBox,
                    "\(axis)min \(plain(low)) is greater than \(axis)max \(plain(high)); they were swapped",
                    region.line))
        }
        (x0, x1) = (min(x0, x1), max(x0, x1))
        (y0, y1) = (min(y0, y1), max(y0, y1))
        return Box(vocXMin: x0, yMin: y0, xMax: x1, yMax: y1)
    }

    private func polygon(_ region: VOCDocument.Region) throws(DatasetProblem) -> Box<ImagePixels> {
        var (xs, ys): ([Double], [Double]) = ([], [])
        for field in region.xs where !field.text.isEmpty { xs.append(try number(field, "an x of its outline")) }
        for field in region.ys where !field.text.isEmpty { ys.append(try number(field, "a y of its outline")) }
        guard let left = xs.min(), let right = xs.max(), let top = ys.min(), let bottom = ys.max() else {
            throw problem(.missingField, "its <\(region.kind)> has no points; it was left out", region.line)
        }
        // Corners count whole pixels, like the edges of boxes.
        return Box(vocXMin: left, yMin: top, xMax: right, yMax: bottom)
    }

    /// Returns the box around roLabelImg's rotated box: centre, width, height and angle in radians.
    private func rotatedBox(_ region: VOCDocument.Region) throws(DatasetProblem) -> Box<ImagePixels> {
        var values: [Double] = []
        for name in ["cx", "cy", "w", "h", "angle"] {
            guard let field = region.fields[name], !field.text.isEmpty else {
                throw problem(.missingField, "its box has no <\(name)>; it was left out", region.line)
            }
            values.append(try number(field, "<\(name)>"))
        }
        return .enclosing(
            centerX: values[0], centerY: values[1], width: values[2], height: values[3], angle: values[4])
    }

    private func number(_ field: VOCDocument.Field, _ name: String) throws(DatasetProblem) -> Double {
        guard let value = plainNumber(field.text) else {
            throw problem(
                .notANumber, "\(name) is '\(field.text.prefix(40))', which is not a finite number; it was left out",
                field.line)
        }
        return value
    }

    private func flag(_ name: String) -> Bool {
        ["1", "true", "yes"].contains(object.fields[name]?.text.lowercased() ?? "")
    }

    private func problem(_ rule: DatasetRule, _ message: String, _ line: Int? = nil) -> DatasetProblem {
        DatasetProblem(file: file, object: number, line: line ?? object.line, rule: rule, message: message)
    }
}
