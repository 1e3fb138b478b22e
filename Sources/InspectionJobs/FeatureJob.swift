import Foundation
import Images
import Inspection
import Jobs
import Tensors
import Visualization

/// Shows the activations of layers: `NAME.features.png`, a sheet of layers by reductions over their channels; `NAME.LAYER.channels.png`,
/// the strongest channels; and each reduction as `NAME.LAYER.REDUCTION.npy`.
public struct FeatureJob {
    /// A reduction over channels.
    public enum Reduction: String, CaseIterable, Sendable {
        /// The mean.
        case mean
        /// The maximum.
        case maximum
        /// The Euclidean norm of the channel vector in each cell.
        case norm
        /// The first three principal components, as red, green and blue.
        case pca
        /// The strongest channels, each shown separately.
        case channels
    }

    private let inspector: ImageInspector
    private let reductions: [Reduction]
    private let channelCount: Int
    private let look: MapDrawingOptions
    private let output: OutputFolder
    private let progress: (JobEvent) -> Void

    /// Creates a job without running it.
    ///
    /// - Parameter channelCount: The maximum number of channels shown separately.
    public init(
        inspector: ImageInspector, reductions: [Reduction], channelCount: Int, look: MapDrawingOptions,
        output: OutputFolder,
        progress: @escaping (JobEvent) -> Void
    ) {
        self.inspector = inspector
        self.reductions = reductions
        self.channelCount = channelCount
        self.look = look
        self.output = output
        self.progress = progress
    }

    /// Runs the job, and returns the paths of the images that it wrote, one per line.
    public func run(_ images: [ImageSource]) throws -> String {
        let output = output.sparing(images.map(\.file) + inspector.predictor.detector.files)
        let layerNames = try inspector.shownLayers()
        let layerParts = Dictionary(
            zip(layerNames, OutputNames.parts(for: layerNames)), uniquingKeysWith: { first, _ in first })
        let places = try images.flatMap { source in
            let sheets = try layerParts.values.sorted().flatMap { part in
                try [output.place(source.name, part, "channels", as: look.format.fileExtension)]
                    + reductions.map { try output.place(source.name, part, $0.rawValue, as: "npy") }
            }
            return try [output.place(source.name, "features", as: look.format.fileExtension)] + sheets
        }
        try output.requireApart(places)
        var files: [URL] = []
        func write(_ sheet: MapSheet, to file: URL) throws {
            try sheet.drawing().write(to: file, as: look.format)
            files.append(file)
        }
        let job = ImageJob(predictor: inspector.predictor, what: "reading layers", progress: progress)
        let failures = try job.forEach(images) { source, seen, image in
            let input = inspector.predictor.input(for: seen).tensor
            let layers = try inspector.features(input, layers: layerNames)
            let maps = MapTiles(
                image: image, place: MapPlace(inspector.predictor.look(at: seen)),
                isAlone: look.isAlone)
            let sheet = try sheet(source, layers, maps) { layer, reduction, map in
                let part = layerParts[layer] ?? OutputNames.part(layer)
                try writeAtomically(
                    map.npyData(), to: output.place(source.name, part, reduction.rawValue, as: "npy"))
            }
            if let sheet { try write(sheet, to: output.place(source.name, "features", as: look.format.fileExtension)) }
            if reductions.contains(.channels) {
                for (layer, activation) in layers {
                    let sheet = channelSheet(source, layer, activation, maps)
                    let part = layerParts[layer] ?? OutputNames.part(layer)
                    try write(sheet, to: output.place(source.name, part, "channels", as: look.format.fileExtension))
                }
            }
        }
        try failures.throwIfAny()
        return terminalLines(files.map(\.relativePath))
    }

    private func sheet(
        _ source: ImageSource, _ layers: [(layer: String, activation: Tensor)], _ maps: MapTiles,
        write: (_ layer: String, _ reduction: Reduction, _ map: Tensor) throws -> Void
    ) throws -> MapSheet? {
        let columns = reductions.filter { $0 != .channels }
        if columns.isEmpty { return nil }
        let rows = try layers.map { layer, activation in
            let tiles = try columns.map { reduction in
                guard let map = reduction.map(of: activation) else {
                    return MapSheet.Tile(.empty, caption: "constant")
                }
                try write(layer, reduction, map)
                let extent = activation.shape.map(String.init).joined(separator: " x ")
                return reduction == .pca
                    ? MapSheet.Tile(try maps.content(colors: map), caption: extent)
                    : MapSheet.Tile(maps.content(map), caption: reduction == columns[0] ? extent : "")
            }
            return MapSheet.Row(heading: layer, tiles: tiles)
        }
        return MapSheet(
            title: "\(source.name): layers", columnHeadings: columns.map(\.rawValue), rows: rows, style: look.style)
    }

    private func channelSheet(
        _ source: ImageSource, _ layer: String, _ activation: Tensor, _ maps: MapTiles
    ) -> MapSheet {
        let tiles = strongestChannels(activation, count: channelCount).map { channel in
            MapSheet.Tile(maps.content(channel.plane), caption: "channel \(channel.index)")
        }
        return MapSheet(
            title: "\(source.name): \(layer), the strongest of \(activation.shape[0]) channels", tiles: tiles,
            columns: 4, style: look.style)
    }
}

extension FeatureJob.Reduction {
    /// Returns `[row, column]`, or `[3, row, column]` for colours; nil if the result would be constant.
    func map(of activation: Tensor) -> Tensor? {
        switch self {
        case .mean: channelMean(activation)
        case .maximum: channelMaximum(activation)
        case .norm: channelNorm(activation)
        case .pca: principalComponentColors(activation)
        case .channels: nil
        }
    }
}
