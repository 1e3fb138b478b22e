import Foundation
import Images
import Synchronization
import Tensors

/// One picture with its annotation and its header, or what is wrong with them.
struct PictureReading: Sendable {
    var picture: ListedPicture
    /// Where the picture is, if anywhere.
    var imageURL: URL?
    var annotation: RawAnnotation?
    var header: ImageHeader?
    /// Whether another annotation speaks of this picture, which has none of its own.
    private(set) var isUsedElsewhere = false
    private var problems: [DatasetProblem] = []

    /// Reads many, on all cores; in order.
    static func read(_ pictures: [ListedPicture]) -> [PictureReading] {
        let readings = Mutex([PictureReading?](repeating: nil, count: pictures.count))
        Parallel.forEach(pictures.count) { index, _ in
            let reading = PictureReading(pictures[index])
            readings.withLock { $0[index] = reading }
        }
        var result = readings.withLock { $0.compactMap { $0 } }
        // A picture that goes by the name that some annotation gives it does not lack one.
        let claimed = Set(result.filter { $0.picture.imageURL == nil }.compactMap(\.imageURL))
        for index in result.indices where result[index].annotation == nil {
            if let image = result[index].imageURL, claimed.contains(image) {
                result[index].problems = []
                result[index].isUsedElsewhere = true
            }
        }
        return result
    }

    private init(_ picture: ListedPicture) {
        self.picture = picture
        imageURL = picture.imageURL
        do throws(DatasetProblem) { annotation = try readAnnotation() } catch { problems.append(error) }
        guard let annotation else { return }
        locateImage(annotation)
        guard let imageURL else { return }
        guard FileSystem.isFile(imageURL) else {
            problems.append(DatasetProblem(file: imageURL, rule: .unreadableImage, message: "this is not a file"))
            return
        }
        do {
            let header = try ImageHeader(contentsOf: imageURL)
            if header.trueExtension(of: imageURL) != nil {
                problems.append(
                    DatasetProblem(
                        file: imageURL, rule: .extensionLies,
                        message: "the content is \(header.format.name), whatever the name says"))
            }
            self.header = header
        } catch {
            problems.append(DatasetProblem(file: imageURL, rule: .unreadableImage, message: "\(error)"))
        }
    }

    private func readAnnotation() throws(DatasetProblem) -> RawAnnotation {
        if case .read(let annotation) = picture.annotation { return annotation }
        guard let file = picture.annotationURL else {
            throw DatasetProblem(
                file: picture.imageURL ?? picture.expectedImage, rule: .missingAnnotation,
                message: "no annotation says what is in this picture; it was left out")
        }
        return try VOCAnnotationReader.read(file)
    }

    /// The picture goes by the annotation's own name; what the annotation calls it only counts where there is none.
    private mutating func locateImage(_ annotation: RawAnnotation) {
        guard case .voc(let images) = picture.annotation else {
            if imageURL == nil {
                problems.append(
                    DatasetProblem(
                        file: picture.expectedImage, rule: .missingImage, message: "there is no such picture"))
            }
            return
        }
        let file = picture.annotationURL ?? picture.expectedImage
        // Tools write whole paths of their own machine here.
        let name = annotation.filename?.split(whereSeparator: { "/\\".contains($0) }).last.map(String.init)
        if let imageURL {
            if let name, name != imageURL.lastPathComponent {
                problems.append(
                    DatasetProblem(
                        file: file, rule: .wrongFilename,
                        message: "it calls the picture '\(name.prefix(80))', and \(imageURL.lastPathComponent) goes by "
                            + "its name"))
            }
            return
        }
        if let name, FileSystem.stem(name, extensions: FileSystem.imageExtensions) != nil,
            FileSystem.isFile(images.appendingPathComponent(name))
        {
            imageURL = images.appendingPathComponent(name)
            problems.append(
                DatasetProblem(
                    file: file, rule: .wrongFilename, message: "the picture '\(name.prefix(80))' has another name"))
        } else {
            problems.append(
                DatasetProblem(file: file, rule: .missingImage, message: "there is no picture of this name"))
        }
    }

    /// The sample, when there is a picture to see and an annotation to believe, and everything that is wrong with it.
    func sample(_ judge: AnnotationJudge) -> (sample: Sample?, problems: [DatasetProblem]) {
        guard let annotation, let header, let imageURL else {
            return (nil, problems + (annotation?.problems ?? []))
        }
        let file = picture.annotationURL ?? imageURL
        let (objects, found) = judge.judge(annotation, picture: header, file: file)
        let sample = Sample(
            id: picture.id, imageURL: imageURL, annotationURL: picture.annotationURL, objects: objects,
            width: header.width, height: header.height)
        return (sample, problems + found)
    }
}
