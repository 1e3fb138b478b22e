import Auditing
import DatasetWriting
import Datasets
import Foundation
import Images
import Interruption
import Jobs
import Tensors

/// A copy of the annotations in VOC's format, where the names of suspects say what is wrong, so that annotation tools show them.
///
/// `cell?spurious` is an annotation without detection, `cell?misplaced` one whose detection, `cell?suggested`, is beside it; `cell?rbc` one
/// that is detected as `rbc`, and `cell?missing` a detection without annotation. To accept an annotation, give it its name back.
package struct AuditedAnnotations {
    package let dataset: DetectionDataset
    package let suspects: [Suspect]

    /// The folder's name.
    package static let folder = "Annotations"

    /// Returns the names of the files: those of the images, as tools expect them.
    package static func names(of samples: [Sample]) -> [String] {
        OutputNames.stems(of: samples.map(\.imageURL)).map { OutputNames.file([$0], extension: "xml") }
    }

    package func write(to output: OutputFolder) throws {
        let folder = try output.folder(Self.folder)
        let suspects = Dictionary(grouping: suspects, by: \.image)
        let names = Self.names(of: dataset.samples)
        try dataset.samples.indices.forEachUntilInterrupted { index in
            let sample = dataset.samples[index]
            let size = try Self.size(of: sample)
            let text = VOCWriter.xml(
                Self.objects(of: sample, suspects: suspects[index] ?? [], classNames: dataset.classNames),
                imageName: sample.imageURL.lastPathComponent, width: size.width, height: size.height)
            try folder.write(text, to: folder.file(names[index]))
        }
    }

    private static func size(of sample: Sample) throws -> (width: Int, height: Int) {
        if let width = sample.width, let height = sample.height { return (width, height) }
        let header = try ImageHeader(contentsOf: sample.imageURL)
        return (header.width, header.height)
    }

    /// Returns the objects of an image with the marks of its suspects.
    package static func objects(of sample: Sample, suspects: [Suspect], classNames: [String]) -> [AnnotatedObject] {
        var objects = sample.objects
        for suspect in suspects.sorted(by: { ($0.object ?? .max) < ($1.object ?? .max) }) {
            let detected = suspect.suggestion.map { classNames[$0.classIndex] } ?? ""
            if let number = suspect.object {
                let mark = suspect.kind == .misnamed ? detected : suspect.kind.rawValue
                objects[number].className += "?\(mark)"
            }
            guard let suggestion = suspect.suggestion, [.missing, .misplaced].contains(suspect.kind) else { continue }
            let mark = suspect.kind == .missing ? "missing" : "suggested"
            var box = suggestion.box
            if let width = sample.width, let height = sample.height {
                box = box.clipped(width: Double(width), height: Double(height))
            }
            objects.append(
                AnnotatedObject(classIndex: suggestion.classIndex, className: "\(detected)?\(mark)", box: box))
        }
        return objects
    }
}
