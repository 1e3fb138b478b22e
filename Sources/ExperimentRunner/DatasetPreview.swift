import Boxes
import Datasets
import Foundation
import HeatmapTargets
import Images
import Networks
import Tensors
import Training
import Visualization

/// Draws what the trainer would see: augmented images with their boxes and target heatmaps.
public struct DatasetPreview {
    private let experiment: Experiment
    private let epoch: Int
    private let augmentation: AugmentationConfiguration
    private let format: DrawingFormat

    /// A preview; nothing happens yet.
    ///
    /// - Parameters:
    ///   - epoch: Which epoch's variation is drawn, from 0.
    ///   - augments: Whether images are varied at all.
    ///   - format: How drawings are written.
    public init(experiment: Experiment, epoch: Int, augments: Bool, format: DrawingFormat = .png) {
        self.format = format
        self.experiment = experiment
        self.epoch = epoch
        augmentation = augments ? experiment.training.augmentation : .none
    }

    /// Writes `NAME.png` (or another format) for each of the first images of the training split, and all of them on `preview.png`.
    ///
    /// - Returns: The file of the sheet.
    public func write(count: Int, to output: OutputFolder, progress: any RunProgress) throws -> URL {
        let index = try experiment.index()
        for finding in index.findings { progress.report(.warning("\(finding)")) }
        let answers = try experiment.answers(on: index)
        let dataset = try experiment.trainingSplit(of: index, answers)
        if let warning = problemsWarning(dataset) { progress.report(.warning(warning)) }
        let loader = SampleLoader(
            dataset: dataset, inputSize: experiment.input.size, mean: experiment.input.mean.map(Float.init),
            standardDeviation: experiment.input.standardDeviation.map(Float.init), augmentation: augmentation,
            targets: experiment.training.targets, seed: experiment.training.seed)
        let output = output.sparing(dataset.samples.map(\.imageURL))
        // Whatever the count, an image has the same name.
        let images = ImageSource.uniquelyNamed(dataset.samples.map(\.imageURL)).prefix(count)
        let sheet = try output.place("preview", as: format.fileExtension)
        for image in images { _ = try output.place(image.name, as: format.fileExtension) }
        var tiles: [(drawing: Drawing, caption: String)] = []
        for (index, image) in images.enumerated() {
            do {
                let sample = try loader.load(index, epoch: epoch, position: index)
                let drawing = try draw(sample, loader: loader, answers: answers)
                // What becomes pixels becomes them once.
                let tile = format.keepsShapes ? drawing : Drawing(try drawing.image())
                try tile.write(to: output.place(image.name, as: format.fileExtension), as: format)
                tiles.append((tile, image.name))
            } catch let error as ImageError {
                progress.report(.warning("\(error)"))
            }
            progress.report(.working("drawing", finished: index + 1, count: images.count))
        }
        try contactSheet(tiles, columns: min(4, tiles.count), title: "\(dataset.split): what the trainer sees")
            .write(to: sheet, as: format)
        return sheet
    }

    private func draw(_ sample: TrainingSample, loader: SampleLoader, answers: NetworkAnswers) throws -> Drawing {
        // The image that is drawn on is the network's input, so its pixels are input pixels.
        let stride = Double(outputStride)
        let toInput = AffineMap<OutputCells, ImagePixels>(scaleX: stride, scaleY: stride)
        let boxes = sample.objects.map { object in
            LabelledBox(
                box: toInput(object.box),
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
