import Boxes
import Datasets
import DetectionHeads
import Experiments
import Foundation
import HeatmapTargets
import Images
import Interruption
import Networks
import Tensors
import Training
import Visualization

/// Draws training samples: augmented images with their boxes and target heatmaps.
public struct DatasetPreview {
    private let experiment: Experiment
    private let epoch: Int
    private let augmentation: AugmentationConfiguration
    private let format: DrawingFormat

    /// Creates a preview without drawing anything yet.
    ///
    /// - Parameters:
    ///   - epoch: The epoch whose augmentation is drawn, from 0.
    ///   - augments: Whether images are augmented.
    ///   - format: The file format of drawings.
    public init(experiment: Experiment, epoch: Int, augments: Bool, format: DrawingFormat = .png) {
        self.format = format
        self.experiment = experiment
        self.epoch = epoch
        augmentation = augments ? experiment.training.augmentation : .none
    }

    /// Writes `NAME.png` (or another format) for each of the first images of the training split, and `preview.png` with all of them.
    ///
    /// - Returns: The file with all images.
    public func write(count: Int, to output: OutputFolder, progress: @escaping (JobEvent) -> Void) throws -> URL {
        let (dataset, answers) = try trainingSplit(progress: progress)
        let loader = loader(dataset, augmentation)
        let output = output.sparing(dataset.files)
        // An image's name does not depend on the count.
        let images = ImageSource.uniquelyNamed(dataset.samples.map(\.imageURL)).prefix(count)
        let sheet = try output.place("preview", as: format.fileExtension)
        try output.requireApart(
            [sheet] + images.map { (image) throws in try output.place(image.name, as: format.fileExtension) })
        var tiles: [(drawing: Drawing, caption: String)] = []
        try images.enumerated().forEachUntilInterrupted { index, image in
            do {
                let sample = try loader.load(index, epoch: epoch, position: index)
                let drawing = try draw(sample, loader: loader, answers: answers)
                // Rasterize only once.
                let tile = format.keepsShapes ? drawing : Drawing(try drawing.image())
                try tile.write(to: output.place(image.name, as: format.fileExtension), as: format)
                tiles.append((tile, image.name))
            } catch {
                guard let failure = UnusableImageError(error, image.file) else { throw error }
                progress(.warning("\(failure)"))
            }
            progress(.working("drawing", finished: index + 1, count: images.count))
        }
        try contactSheet(tiles, columns: min(4, tiles.count), title: "\(dataset.split): training samples")
            .write(to: sheet, as: format)
        return sheet
    }

    /// Writes `preview.png` (or another format): one image of the training split with each kind of augmentation alone, by name.
    ///
    /// - Returns: The file.
    public func writeKinds(to output: OutputFolder, progress: @escaping (JobEvent) -> Void) throws -> URL {
        let (dataset, answers) = try trainingSplit(progress: progress)
        let image = dataset.samples.firstIndex { !$0.objects.isEmpty } ?? 0
        let output = output.sparing(dataset.files)
        let sheet = try output.place("preview", as: format.fileExtension)
        let kinds = augmentation.kinds
        let plain = try self.loader(dataset, .none).load(image, epoch: epoch, position: 0)
        var tiles: [(drawing: Drawing, caption: String)] = []
        for (finished, kind) in kinds.enumerated() {
            let loader = loader(dataset, kind.configuration)
            var sample = try loader.load(image, epoch: epoch, position: 0)
            // What happens to half of the images is shown on one to which it happens.
            for position in 1..<Self.attempts where finished > 0 && sample.input == plain.input {
                sample = try loader.load(image, epoch: epoch, position: position)
            }
            tiles.append((try draw(sample, loader: loader, answers: answers), kind.name))
            progress(.working("drawing", finished: finished + 1, count: kinds.count))
        }
        try contactSheet(tiles, columns: 4, title: "augmentation, each kind alone").write(to: sheet, as: format)
        return sheet
    }

    /// Reads the training split, and reports what is wrong with the data set.
    private func trainingSplit(
        progress: (JobEvent) -> Void
    ) throws -> (dataset: DetectionDataset, answers: NetworkOutputs) {
        let index = try experiment.index()
        for finding in index.findings { progress(.warning("\(finding)")) }
        let answers = try experiment.answers(on: index)
        let dataset = try experiment.trainingSplit(of: index, answers)
        if let warning = dataset.problemsSummary { progress(.warning(warning)) }
        return (dataset, answers)
    }

    /// How often a kind is drawn until it changes something.
    private static let attempts = 20

    private func loader(_ dataset: DetectionDataset, _ augmentation: AugmentationConfiguration) -> SampleLoader {
        SampleLoader(
            dataset: dataset, inputSize: experiment.input.size, mean: experiment.input.mean.map(Float.init),
            standardDeviation: experiment.input.standardDeviation.map(Float.init), augmentation: augmentation,
            targets: experiment.training.targets, seed: experiment.training.seed)
    }

    private func draw(_ sample: TrainingSample, loader: SampleLoader, answers: NetworkOutputs) throws -> Drawing {
        // The drawing is over the network's input, so image pixels are input pixels here.
        let stride = Double(outputStride)
        let toInput = AffineMap<OutputCells, ImagePixels>(scaleX: stride, scaleY: stride)
        let boxes = sample.objects.map { object in
            LabelledBox(
                box: toInput(object.box), kind: object.kind,
                label: answers.classNames[object.classIndex] + (object.isIgnored ? " (ignored)" : ""),
                color: Palette.color(object.classIndex),
                pose: answers.skeleton.map { DrawnPose(object.keypoints.map { $0.mapped(by: toInput) }, of: $0) })
        }
        return try heatmapOverlay(
            image: loader.visible(sample.input), heatmap: sample.targets.heatmap,
            imageToCells: AffineMap(scaleX: 1 / stride, scaleY: 1 / stride), classNames: answers.classNames,
            boxes: boxes)
    }
}
