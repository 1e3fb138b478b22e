import Foundation
import Inference
import Networks
import ONNX

extension Detector {
    /// Loads a detector from a run folder, a weights file or an ONNX file.
    ///
    /// - Throws: ``WeightsError``, ``ONNXError``, ``DecoderError``, ``ImportError``.
    public static func load(_ location: URL, _ request: ImportRequest = ImportRequest()) throws -> Detector {
        try load(location, request, needsObjects: false)
    }

    /// Loads a detector whose outputs can be decoded into objects.
    ///
    /// - Throws: As ``load(_:_:)``, and ``ImportError`` for a network without a decoder.
    public static func finder(_ location: URL, _ request: ImportRequest = ImportRequest()) throws -> Detector {
        let detector = try load(location, request, needsObjects: true)
        if !detector.decodesObjects {
            throw ImportError.option(
                "\(location.relativePath) does not say how to decode its outputs; choose with --decoder")
        }
        return detector
    }

    private static func load(_ location: URL, _ request: ImportRequest, needsObjects: Bool) throws -> Detector {
        guard isONNX(location) else {
            if request != ImportRequest() {
                throw ImportError.option(
                    "\(location.relativePath) contains its own settings; --decoder, --classes and similar options are for "
                        + "ONNX files")
            }
            var detector = Detector(try Model.load(location))
            detector.files = Self.files(of: location)
            return detector
        }
        return try ImportError.naming(location) {
            let file = try ONNXModel(contentsOf: location)
            var detector = try ImportedFile(file, name: location.lastPathComponent, request).detector(
                needsObjects: needsObjects)
            let lists = [request.classNames, request.keypoints].compactMap { $0 }.map { URL(fileURLWithPath: $0) }
            detector.files = [location] + file.externalFiles + (request.template.map { [$0] } ?? []) + lists
            return detector
        }
    }

    /// Returns the files that are read for a run folder or a weights file: the weights, and the experiment of their run.
    package static func files(of location: URL) -> [URL] {
        guard let weights = try? Model.weightsFile(at: location) else { return [location] }
        let run = weights.absoluteURL.deletingLastPathComponent().deletingLastPathComponent()
        return [weights, run.appendingPathComponent("experiment.json")]
    }

    /// Returns whether a path is an ONNX file.
    public static func isONNX(_ location: URL) -> Bool { location.pathExtension.lowercased() == "onnx" }
}
