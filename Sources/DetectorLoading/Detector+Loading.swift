import Boxes
import Datasets
import Foundation
import Graphs
import Images
import Inference
import Networks
import ONNX
import Operators
import Tensors

extension Detector {
    /// Loads a detector from a run folder, a weights file or an ONNX file.
    ///
    /// - Throws: ``WeightsError``, ``ONNXError``, ``DecoderError``, ``ImportError``.
    public static func load(_ location: URL, _ request: ImportRequest = ImportRequest()) throws -> Detector {
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
            let model = try ONNXModel(contentsOf: location)
            var detector = try imported(model, name: location.lastPathComponent, request)
            let lists = [request.classNames, request.keypoints].compactMap { $0 }.map { URL(fileURLWithPath: $0) }
            detector.files = [location] + model.externalFiles + (request.template.map { [$0] } ?? []) + lists
            return detector
        }
    }

    /// Returns the files that are read for a run folder or a weights file: the weights, and the experiment of their run.
    package static func files(of location: URL) -> [URL] {
        guard let weights = try? Model.weightsFile(at: location) else { return [location] }
        let run = weights.absoluteURL.deletingLastPathComponent().deletingLastPathComponent()
        return [weights, run.appendingPathComponent("experiment.json")]
    }

    /// Loads a detector whose outputs can be decoded into objects.
    ///
    /// - Throws: As ``load(_:_:)``, and ``ImportError`` for a network without a decoder.
    public static func finder(_ location: URL, _ request: ImportRequest = ImportRequest()) throws -> Detector {
        let detector = try load(location, request)
        if !detector.decodesObjects {
            throw ImportError.option(
                "\(location.relativePath) does not say how to decode its outputs; choose with --decoder")
        }
        return detector
    }

    /// Returns whether a path is an ONNX file.
    public static func isONNX(_ location: URL) -> Bool { location.pathExtension.lowercased() == "onnx" }

    private static func imported(_ file: ONNXModel, name: String, _ request: ImportRequest) throws -> Detector {
        let note = ModelDescription.isIn(file.metadata) ? try ModelDescription(file.metadata, path: name) : nil
        let choice = request.decoder ?? (note == nil ? .none : .centernet)
        let ports = try ImagePorts(file, template: request.template)
        let extent =
            request.extent ?? ports.declaredExtent ?? note.map { InputExtent(side: $0.inputSize) }
            ?? InputExtent(side: choice.usualSide)
        var preparation = choice.preparation(extent: extent)
        if let note { (preparation.mean, preparation.standardDeviation) = (note.mean, note.standardDeviation) }
        preparation.apply(request)
        let template = try ports.template.map { port in
            try TemplateInput(port, image: request.template, preparation: preparation)
        }
        var shapes = [ports.image: [1, 3, extent.rows, extent.columns]]
        if let template { shapes[template.name] = template.shape }
        var network = try file.network(inputs: shapes, results: request.results)
        if let template { network = try network.binding(template.name, to: template.values) }
        let outputs = try network.outputs(inputs: [ports.image: [1, 3, extent.rows, extent.columns]])
        let decoder = try choice.decoder(
            outputs, extent: extent, request: request, templateExtent: template?.extent,
            skeleton: try request.keypoints.map(KeypointNameList.skeleton) ?? note?.skeleton)
        if request.keypoints != nil && decoder.skeleton == nil {
            throw ImportError.option("--keypoints is for CenterNet's keypoint heads, and this network has none")
        }
        let classNames =
            try request.classNames.map { try ClassNameList.names($0, count: decoder.classCount) } ?? note?.classNames
            ?? usualNames(choice, decoder.classCount)
        if let count = decoder.classCount, count > classNames.count {
            throw ImportError.option(
                "\(name) names \(classNames.count) classes, but its outputs have \(count); name them with --classes")
        }
        var detector = try Detector(
            name: name, classNames: classNames, graph: network.graph, parameters: network.parameters,
            inputName: ports.image, preparation: preparation, decoder: decoder)
        if let ids = note?.categoryIDs, ids.count == classNames.count { detector.categoryIDs = ids }
        if let note { detector.inputMultiple = NetworkCatalogue.inputMultiple(of: note.network.name) }
        if !network.takesOtherBatchSizes || template != nil { detector.maximumBatch = 1 }
        return detector
    }

    private static func usualNames(_ choice: DecoderChoice, _ count: Int?) -> [String] {
        switch choice {
        case .centerface: ["face"]
        case .siamese: ["template"]
        default: (0..<(count ?? 0)).map { "class \($0)" }
        }
    }
}

extension ImagePreparation {
    fileprivate mutating func apply(_ request: ImportRequest) {
        if let mean = request.mean { self.mean = mean }
        if let deviation = request.standardDeviation { standardDeviation = deviation }
        if let brightness = request.brightness { factor = brightness }
        if let order = request.channelOrder { channelOrder = order }
        if let fit = request.fit { self.fit = fit }
    }
}
