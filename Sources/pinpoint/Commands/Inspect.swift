import ArgumentParser
import Foundation
import Graphs
import Inference
import Inspection
import InspectionJobs
import JSON
import Jobs
import Networks
import Tensors
import Video

struct Inspect: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "inspect", abstract: "Explain a network's detections and show its layers.",
        discussion: """
            By default, each detection is explained: for each image and method NAME.METHOD.png, one saliency map over the \
            image or a table of targets by layers; each raw map as NAME.METHOD.TARGET.LAYER.npy; and inspection.json, which \
            lists them. Flat maps are labelled as flat and not coloured.

            --features shows the activations of layers. --html writes everything to one interactive page. --decode shows how \
            the heatmap becomes boxes, and why objects were missed. --score measures on an annotated split which method \
            explains this network best. A video, or a single folder, is a sequence: one object is tracked from frame to frame.
            """)

    @Argument(help: "Images, a folder of frames, or a video; none with --score.")
    var images: [String] = []

    @OptionGroup var model: ModelOptions

    @Option(help: ArgumentHelp("Output folder.", valueName: "folder"))
    var output = "inspection"

    @OptionGroup(title: "What to explain") var subject: SubjectOptions
    @OptionGroup(title: "Explanation methods") var method: MethodChoiceOptions
    @OptionGroup(title: "Other views") var views: InspectionViewOptions
    @OptionGroup(title: "Drawing of maps") var look: MapStyleArguments

    @Option(
        name: [.customLong("data"), .customLong("voc")],
        help: ArgumentHelp(
            "Annotations; by default those beside the images, or the data set of the model's run.", valueName: "folder")
    )
    var data: String?

    @Option(help: "Split that --score uses; by default the validation split of the model's run.")
    var split: String?

    @OptionGroup var resolution: ResolutionOptions
    @OptionGroup var backend: BackendOptions
    @OptionGroup var report: ReportOptions

    func validate() throws {
        if views.decode && (subject.isSet || method.isSet) {
            throw ValidationError(
                "--decode cannot be combined with options for what to explain and how, except --threshold.")
        }
        if look.look.format != .png && (views.score || views.html != nil) {
            throw ValidationError(
                "--format applies to drawings, and \(views.score ? "--score" : "--html") writes none.")
        }
        if images.isEmpty != views.score {
            throw ValidationError(
                views.score ? "--score uses a split of a data set: remove the images." : "Give at least one image.")
        }
    }

    func run() throws {
        let backend = backend.choose().backend
        let namesElements = !subject.targets.isEmpty || views.features != nil
        let detector = try namesElements ? model.load() : model.loadFinder()
        var options = PredictorOptions()
        options.keepsResolution = resolution.keepResolution
        let predictor = try Predictor(detector: detector, backend: backend, options: options)
        if views.decode { return try decode(predictor) }
        var request = InspectionRequest()
        try subject.apply(to: &request)
        try method.apply(to: &request, ifNone: views.html == nil && !views.score ? [.layerCAM] : Self.quickMethods)
        if views.html != nil && request.layers.isEmpty { request.looksAtStages = true }
        let inspector = try ImageInspector(predictor: predictor, backend: backend, request: request)
        if views.score { return try score(inspector) }
        if let html = views.html { return try writePage(inspector, to: URL(fileURLWithPath: html)) }
        if let reductions = try views.reductions() { return try showFeatures(inspector, reductions) }
        if let sequence { return try follow(inspector, sequence) }
        let job = InspectionJob(
            inspector: inspector, look: look.look, output: try folder(), progress: ProgressPrinter().report)
        let result = try job.run(ImageSource.collect(images))
        print(result.json, result.text)
        try result.throwIfSomeFailed()
    }

    private func folder() throws -> OutputFolder { try OutputFolder(URL(fileURLWithPath: output)) }

    private func decode(_ predictor: Predictor) throws {
        let job = DecodeJob(
            predictor: predictor, threshold: subject.threshold, annotations: data.map { URL(fileURLWithPath: $0) },
            targets: try EvaluationJob.targets(of: URL(fileURLWithPath: model.model)),
            points: try EvaluationJob.points(of: URL(fileURLWithPath: model.model)), format: look.look.format,
            output: try folder(), progress: ProgressPrinter().report)
        let result = try job.run(ImageSource.collect(images))
        print(result.json, result.text)
        try result.throwIfSomeFailed()
    }

    private func score(_ inspector: ImageInspector) throws {
        let request = inspector.request
        if inspector.predictor.detector.objectKind == .points {
            throw InspectionError.unsuitable(
                "faithfulness compares maps with the boxes of objects, but this network detects points")
        }
        // CAM uses a layer of its own, so it is compared only if layers are named.
        let methods = request.methods.filter { $0 != .cam || !request.layers.isEmpty }
        var settings = FaithfulnessJob.Settings(methods: methods, layers: try inspector.comparedLayers())
        settings.imageLimit = views.limit
        settings.threshold = request.threshold
        settings.seed = request.options.seed
        let printer = ProgressPrinter()
        let dataset = try EvaluationJob.dataset(
            for: URL(fileURLWithPath: model.model), classNames: inspector.predictor.detector.classNames, dataset: data,
            split: split, progress: printer.report)
        let report = try FaithfulnessJob(
            predictor: inspector.predictor, explainer: inspector.explainer, settings: settings, progress: printer.report
        ).run(dataset)
        print(report.json, report.text)
    }

    /// The path of a sequence: a single folder, or a single file that is not an image.
    private var sequence: String? {
        guard images.count == 1, !views.each else { return nil }
        let isFolder = (try? URL(fileURLWithPath: images[0]).resourceValues(forKeys: [.isDirectoryKey]).isDirectory)
        return isFolder ?? false || !ImageSource.isImage(images[0]) ? images[0] : nil
    }

    private func follow(_ inspector: ImageInspector, _ path: String) throws {
        let start: ObjectTracker.Start
        let classNames = inspector.predictor.detector.classNames
        switch inspector.request.subject {
        case .detections: start = .detection(0)
        case .numbered(let numbers): start = .detection(numbers[0])
        case .bestOfClass(let name):
            guard let index = classNames.firstIndex(of: name) else {
                throw InspectionError.unknownClass(name, known: classNames)
            }
            start = .ofClass(index)
        case .elements:
            throw InspectionError.unsuitable(
                "a sequence follows a detection or a class; use --each to inspect every frame on its own")
        }
        var options = SequenceJob.Options(start: start, title: "\(inspector.request.methods[0].rawValue), \(path)")
        options.style = look.look.style
        options.format = look.look.format
        options.inspectorFiles = inspector.predictor.detector.files
        let job = SequenceJob(
            source: try frameSource(at: path, FrameSelection(every: views.every, maximum: views.frames)),
            inspector: FrameInspector(inspector), classNames: classNames, options: options, output: try folder(),
            progress: ProgressPrinter().report)
        let result = try job.run()
        Terminal.standardOutput(result.text + "\n")
        try result.throwIfSomeFailed()
    }

    private func showFeatures(_ inspector: ImageInspector, _ reductions: [FeatureJob.Reduction]) throws {
        let job = FeatureJob(
            inspector: inspector, reductions: reductions, channelCount: views.count, look: look.look,
            output: try folder(), progress: ProgressPrinter().report)
        Terminal.standardOutput(try job.run(ImageSource.collect(images)) + "\n")
    }

    private func writePage(_ inspector: ImageInspector, to file: URL) throws {
        let job = InspectorPageJob(
            inspector: inspector, annotations: data.map { URL(fileURLWithPath: $0) },
            targets: try EvaluationJob.targets(of: URL(fileURLWithPath: model.model)), title: model.model,
            progress: ProgressPrinter().report)
        try job.run(ImageSource.collect(images), to: file)
        Terminal.standardOutput(terminalLines([file.relativePath]) + "\n")
    }

    private func print(_ json: JSONValue, _ text: String) {
        Terminal.standardOutput(report.json ? json.text(pretty: true) + "\n" : text + "\n")
    }

    /// Methods that take only milliseconds per map.
    private static let quickMethods: [Inspection.Method] = [
        .layerCAM, .hiResCAM, .gradCAM, .gradCAMPlusPlus, .xGradCAM, .eigenCAM, .eigenGradCAM, .inputGradient,
        .fullGrad,
    ]
}
