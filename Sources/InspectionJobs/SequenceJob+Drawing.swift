import Boxes
import Foundation
import Images
import Inspection
import Interruption
import Jobs
import PeakDecoding
import Tensors
import Video
import Visualization

extension SequenceJob {
    /// The second pass: draws all frames on one colour range.
    ///
    /// - Returns: The animation and video files, and the reasons why frames could not be drawn.
    func drawAll(
        _ records: [SequenceRecord], _ maps: OutputFolder, to files: (animation: URL, video: URL)
    ) throws -> (files: [URL], undrawable: [String]) {
        let highest = records.compactMap(\.peak).max() ?? 0
        var style = options.style
        style.range = highest > 0 ? 0...highest : nil
        let every = (records.count + options.maximumAnimationFrames - 1) / max(1, options.maximumAnimationFrames)
        let movie = Movie(
            options, files, style, Self.series(records, highest: highest), every: max(1, every), ffmpeg: ffmpeg)
        let undrawable = try drawFrames(records, maps, style, movie)
        if every > 1 { progress(.note("sequence.png shows one of every \(every) frames")) }
        if ffmpeg == nil { progress(.note(Movie.missing)) }
        return (try movie.finish(), undrawable)
    }

    private func drawFrames(
        _ records: [SequenceRecord], _ maps: OutputFolder, _ style: MapStyle, _ movie: Movie
    ) throws -> [String] {
        var undrawable: [String] = []
        let reader = try source.frames()
        try records.enumerated().forEachUntilInterrupted { index, record in
            do {
                guard let frame = try reader.next() else { return }
                do {
                    let moment = try moment(frame, record, maps)
                    try overlay(moment, style).write(
                        to: maps.place(frame.name, as: options.format.fileExtension), as: options.format)
                    try movie.append(index, moment)
                } catch let error as DrawingError where error.isAboutSize {
                    undrawable.append("frame \(frame.name): \(error)")
                }
            } catch let error as ImageError {
                // It could not be read in the first pass, either.
                guard case .unreadable = record.outcome else { throw error }
            }
            progress(.working("drawing frames", finished: index + 1, count: records.count))
        }
        return undrawable
    }

    /// Returns the score and the map's maximum over time.
    private static func series(_ records: [SequenceRecord], highest: Float) -> [(name: String, values: [Double?])] {
        let scores: [Double?] = records.map(\.score)
        let heat: [Double?] = records.map { record in
            record.peak.map { highest > 0 ? Double($0 / highest) : 0 }
        }
        return [("score", scores), ("map maximum, 1 = \(shortNumber(highest))", heat)]
    }

    /// Returns a frame with its map read from disk and negative values set to 0.
    private func moment(
        _ frame: Frame, _ record: SequenceRecord, _ maps: OutputFolder
    ) throws -> SequenceSheet.Moment {
        var moment = SequenceSheet.Moment(image: frame.image, boxes: [], map: nil, note: frame.name)
        switch record.outcome {
        case .unreadable(let reason): moment.note += ": \(reason)"
        case .lost(let reason): moment.note += ", lost: \(reason)"
        case .found(let finding):
            moment.boxes = [finding.detection.labelled(classNames)]
            if let note = finding.heat.flatNote {
                moment.note += ", \(note)"
            } else {
                let raw = try Tensor(npy: Data(contentsOf: maps.place(frame.name, as: "npy")))
                moment.map = (rectified(raw), finding.heat.imageToCells)
            }
        }
        return moment
    }

    private func overlay(_ moment: SequenceSheet.Moment, _ style: MapStyle) throws -> Drawing {
        guard let map = moment.map else {
            let plain = (cells: Tensor([1, 1]), imageToCells: AffineMap<ImagePixels, MapCells>(scaleX: 1, scaleY: 1))
            return try mapOverlay(
                image: moment.image, map: plain.cells, imageToCells: plain.imageToCells, style: style,
                boxes: moment.boxes, flatNote: moment.note)
        }
        return try mapOverlay(
            image: moment.image, map: map.cells, imageToCells: map.imageToCells, style: style, boxes: moment.boxes,
            caption: moment.note)
    }
}

/// The animated contact sheet, as an animated PNG and, if ffmpeg is installed, as a video.
private final class Movie {
    static let missing =
        "no sequence.mp4 was written, because ffmpeg is not installed; sequence.png shows the same in any browser"

    private let options: SequenceJob.Options
    private let style: MapStyle
    private let series: [(name: String, values: [Double?])]
    private let every: Int
    private let ffmpeg: FFmpeg?
    private let files: (animation: URL, video: URL)
    // Set at the first frame, which determines the size.
    private var sheet: SequenceSheet?
    private var animation: AnimatedPNG?
    private var video: VideoWriter?

    /// Creates a movie.
    ///
    /// - Parameter every: The animated PNG shows every Nth frame.
    init(
        _ options: SequenceJob.Options, _ files: (animation: URL, video: URL), _ style: MapStyle,
        _ series: [(name: String, values: [Double?])], every: Int, ffmpeg: FFmpeg?
    ) {
        self.options = options
        self.style = style
        self.series = series
        self.every = every
        self.ffmpeg = ffmpeg
        self.files = files
    }

    func append(_ index: Int, _ moment: SequenceSheet.Moment) throws {
        let sheet = try sheet ?? begin(moment.image)
        let image = try sheet.frame(index, moment)
        if index.isMultiple(of: every) { try animation?.append(image) }
        if let ffmpeg, video == nil {
            video = try VideoWriter(
                url: files.video, width: image.width, height: image.height,
                framesPerSecond: options.framesPerSecond, ffmpeg: ffmpeg)
        }
        try video?.append(image)
    }

    private func begin(_ image: Image) throws -> SequenceSheet {
        animation = try AnimatedPNG(
            url: files.animation, secondsPerFrame: Double(every) / options.framesPerSecond)
        let sheet = try SequenceSheet(
            title: options.title, image: (image.width, image.height), style: style, series: series)
        self.sheet = sheet
        return sheet
    }

    /// Finishes all files.
    ///
    /// - Returns: The files that were written.
    func finish() throws -> [URL] {
        try animation?.finish()
        try video?.finish()
        return (animation == nil ? [] : [files.animation]) + (video == nil ? [] : [files.video])
    }
}
