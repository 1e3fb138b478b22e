import Boxes
import Datasets
import DetectionHeads
import Foundation
import Graphs
import Inference
import Networks
import ONNX

/// An ONNX file on its way to a detector: what it says about itself, and what the user says. The user's settings win.
struct ImportedFile {
    private let file: ONNXModel
    private let name: String
    private let request: ImportRequest
    /// What Pinpoint's own export wrote.
    private let own: ModelDescription?
    /// What Ultralytics' export wrote.
    private let ultralytics: UltralyticsDescription?

    init(_ file: ONNXModel, name: String, _ request: ImportRequest) throws {
        self.file = file
        self.name = name
        self.request = request
        own = ModelDescription.isIn(file.metadata) ? try ModelDescription(file.metadata, path: name) : nil
        ultralytics = own == nil ? UltralyticsDescription(file.metadata) : nil
    }

    /// Makes the detector.
    ///
    /// - Parameter needsObjects: Whether outputs must be decodable; otherwise a file that only seems to be a detector's gets no decoder.
    func detector(needsObjects: Bool) throws -> Detector {
        if needsObjects || ![nil, DecoderChoice.none].contains(request.decoder),
            let refusal = ultralytics?.refusal(of: name)
        {
            throw ImportError.option(refusal)
        }
        let results = wantedResults
        let ports = try ImagePorts(file, results: results, template: request.template)
        let extent =
            request.extent ?? ports.declaredExtent ?? ultralytics?.extent
            ?? own?.inputSize ?? InputExtent(side: expected.usualSide)
        let preparation = preparation(ports, extent: extent)
        let template = try ports.template.map { port in
            try TemplateInput(port, image: request.template, preparation: preparation)
        }
        let (network, inputName) = try network(ports, extent: extent, results: results, template: template)
        let outputs = try network.outputs(inputs: [inputName: [1, 3, extent.rows, extent.columns]])
        let (decoder, choice) = try decoder(
            outputs, extent: extent, template: template, needsObjects: needsObjects)
        var detector = try Detector(
            name: name, classNames: try classNames(decoder, choice), graph: network.graph,
            parameters: network.parameters, inputName: inputName, preparation: preparation, decoder: decoder)
        if let ids = own?.categoryIDs, ids.count == detector.classNames.count { detector.categoryIDs = ids }
        if let own { detector.inputMultiple = NetworkCatalogue.inputMultiple(of: own.network.name) }
        if let stride = ultralytics?.stride { detector.inputMultiple = stride }
        if !network.takesOtherBatchSizes || template != nil { detector.maximumBatch = 1 }
        return detector
    }

    /// The decoder as far as it is known before the outputs are.
    private var expected: DecoderChoice {
        if let decoder = request.decoder { return decoder }
        if own != nil { return .centernet }
        return ultralytics.map { $0.otherTask == nil ? .yolov8 : .none } ?? .none
    }

    /// The values to compute; nil for all outputs of the file.
    ///
    /// Files of Pinpoint's own that end with the decoding are cut at the heads, which are what is decoded and explained here. Outputs are
    /// named if some input has no part in them.
    private var wantedResults: [String]? {
        if let results = request.results { return results }
        let outputs = file.outputs.map(\.name)
        if own != nil, !outputs.contains(DetectionHead.heatmap.name) {
            let heads = DetectionHead.all.map(\.name).filter { outputs.contains($0) || file.hasTensor($0) }
            if heads.contains(DetectionHead.heatmap.name) { return heads }
        }
        return file.inputs(for: nil).count < file.inputs.count ? outputs : nil
    }

    private func preparation(_ ports: ImagePorts, extent: InputExtent) -> ImagePreparation {
        // Networks of Ultralytics for other tasks take images as its detectors do, except classifiers, which take a crop.
        let choice = expected == .none && ultralytics != nil ? .yolov8 : expected
        var preparation = choice.preparation(extent: extent)
        if ultralytics?.task == "classify" { preparation.fit = .stretch }
        if let own { (preparation.mean, preparation.standardDeviation) = (own.mean, own.standardDeviation) }
        if ports.takesIntegers {
            (preparation.mean, preparation.standardDeviation, preparation.factor) = ([0, 0, 0], [1, 1, 1], 255)
        }
        preparation.apply(request)
        return preparation
    }

    private func network(
        _ ports: ImagePorts, extent: InputExtent, results: [String]?, template: TemplateInput?
    ) throws -> (network: ImportedNetwork, input: String) {
        var shapes = [ports.image: ports.axes.shape(rows: extent.rows, columns: extent.columns)]
        if let template { shapes[template.name] = template.shape }
        var network: ImportedNetwork
        do {
            network = try file.network(inputs: shapes, results: results)
        } catch {
            guard case .shape = error, let batch = ports.declaredBatch, batch > 1 else { throw error }
            throw ImportError.input(
                "\(name) was exported for batches of \(batch) images and takes no others (\(error)); export it again for "
                    + "batches of 1, or of any size")
        }
        if let template { network = try network.binding(template.name, to: template.values) }
        return try network.takingImages(
            at: ports.image, axes: ports.axes, rows: extent.rows, columns: extent.columns)
    }

    private func decoder(
        _ outputs: [NetworkOutput], extent: InputExtent, template: TemplateInput?, needsObjects: Bool
    ) throws -> (decoder: any DetectionDecoder, choice: DecoderChoice) {
        let named = try request.classNames.map { try ClassNameList.names($0).count } ?? ultralytics?.classNames?.count
        let isGuess = request.decoder == nil && ultralytics != nil
        let choice =
            isGuess && expected == .yolov8 ? DecoderChoice.ultralytics(outputs, classCount: named) : expected
        do {
            let decoder = try choice.decoder(
                outputs, extent: extent, request: request, templateExtent: template?.extent,
                skeleton: try request.keypoints.map(KeypointNameList.skeleton) ?? own?.skeleton, classCount: named)
            if request.keypoints != nil && decoder.skeleton == nil {
                throw ImportError.option("--keypoints is for CenterNet's keypoint heads, and this network has none")
            }
            return (decoder, choice)
        } catch let error as DecoderError {
            // With --until, elements of tensors inside a detector can be explained.
            if isGuess && !needsObjects { return (RawDecoder(), .none) }
            throw error
        }
    }

    private func classNames(_ decoder: any DetectionDecoder, _ choice: DecoderChoice) throws -> [String] {
        if let text = request.classNames { return try ClassNameList.names(text, count: decoder.classCount) }
        let written = own?.classNames ?? (choice == .none ? nil : ultralytics?.classNames)
        guard let count = decoder.classCount, let written else { return written ?? usualNames(choice, decoder) }
        if written.count != count && (ultralytics != nil || written.count < count) {
            throw ImportError.option(
                "\(name) names \(written.count) \(written.count == 1 ? "class" : "classes"), but its outputs have "
                    + "\(count); name them with --classes")
        }
        return written
    }

    private func usualNames(_ choice: DecoderChoice, _ decoder: any DetectionDecoder) -> [String] {
        switch choice {
        case .centerface: ["face"]
        case .siamese: ["template"]
        default: (0..<(decoder.classCount ?? 0)).map { "class \($0)" }
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
