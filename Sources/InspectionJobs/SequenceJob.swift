import Boxes
import Foundation
import Images
import Inspection
import Interruption
import JSON
import Jobs
import PeakDecoding
import Tensors
import Video
import Visualization

/// Tracks one object through a sequence and explains it in each frame: writes `maps/NAME.png` (the map over the image; or another format)
/// and `maps/NAME.npy` (the raw map) for each frame, `sequence.png` (an animated contact sheet), `sequence.mp4` if ffmpeg is installed, and
/// `sequence.json` with one line per frame.
///
/// All frames share one colour range, from 0 to the maximum of all maps, so the job makes two passes: the first explains every frame and
/// saves its raw map to disk; the second draws everything with the known range. Only a few numbers per frame stay in memory.
public struct SequenceJob {
    /// Options of the job.
    public struct Options {
        /// The object to track.
        public var start: ObjectTracker.Start
        /// How far the object may move.
        public var gate = ObjectTracker.Gate()
        /// The colours; the range is computed by the job.
        public var style = MapStyle()
        /// The file format of the frames' drawings.
        public var format = DrawingFormat.png
        /// The playback speed of the results.
        public var framesPerSecond = 10.0
        /// The title of the contact sheet.
        public var title: String
        /// The files that the inspector was read from, none of which a result may replace.
        public var inspectorFiles: [URL] = []
        /// The maximum number of frames of `sequence.png`, which would otherwise grow to hundreds of megabytes. For longer sequences it
        /// shows every second frame, or every third, and so on.
        public var maximumAnimationFrames = 300

        /// Creates options with defaults for everything else.
        public init(start: ObjectTracker.Start, title: String) {
            self.start = start
            self.title = title
        }
    }

    /// The result of the job.
    public struct Result {
        /// The number of frames, and of those in which the object was found.
        public let frameCount, foundCount: Int
        /// The result for the terminal.
        public let text: String
        let failures: ImageFailures

        /// - Throws: ``ImageSourceError/some(failed:of:reasons:)`` if images could not be used.
        public func throwIfSomeFailed() throws(ImageSourceError) { try failures.throwIfAny() }
    }

    let source: any FrameSource
    private let inspector: FrameInspector
    let classNames: [String]
    let options: Options
    let output: OutputFolder
    let ffmpeg: FFmpeg?
    let progress: (JobEvent) -> Void

    /// Creates a job without running it.
    public init(
        source: any FrameSource, inspector: FrameInspector, classNames: [String], options: Options,
        output: OutputFolder, ffmpeg: FFmpeg? = FFmpeg(), progress: @escaping (JobEvent) -> Void
    ) {
        self.source = source
        self.inspector = inspector
        self.classNames = classNames
        self.options = options
        self.output = output
        self.ffmpeg = ffmpeg
        self.progress = progress
    }

    /// Runs the job.
    ///
    /// - Throws: ``SequenceError`` if there is nothing to show, ``OutputError/sameFile(_:_:)``, ``VideoError``, and errors of the
    ///   inspector.
    public func run() throws -> Result {
        let output = output.sparing(source.files + options.inspectorFiles)
        let maps = try output.folder("maps")
        let list = try output.place("sequence", as: "json")
        let movies = try (animation: output.place("sequence", as: "png"), video: output.place("sequence", as: "mp4"))
        let places = try source.names.flatMap { name in
            try [options.format.fileExtension, "npy"].map { try maps.place(name, as: $0) }
        }
        try output.requireApart([list, movies.animation, movies.video] + places)
        let records = try explainAll(maps)
        let found = records.count { $0.score != nil }
        if found == 0 { throw Self.error(records) }
        let (files, undrawable) = try drawAll(records, maps, to: movies)
        let lines = records.map { "  " + $0.json(classNames).text(pretty: false) }
        try output.write("[\n" + lines.joined(separator: ",\n") + "\n]\n", to: list)
        var failures = ImageFailures(count: records.count)
        for case .unreadable(let reason) in records.map(\.outcome) { failures.reasons.append(reason) }
        failures.reasons += undrawable
        return Result(
            frameCount: records.count, foundCount: found,
            text: terminalLines(
                ["found in \(found) of \(records.count) frames"] + (files + [list]).map(\.relativePath)),
            failures: failures)
    }

    /// The first pass: tracks the object and explains it in each frame.
    private func explainAll(_ maps: OutputFolder) throws -> [SequenceRecord] {
        try Signals.whilePolling { try explainUntilInterrupted(maps) }
    }

    private func explainUntilInterrupted(_ maps: OutputFolder) throws -> [SequenceRecord] {
        let flag = InterruptFlag.current
        var follower = ObjectTracker(start: options.start, gate: options.gate)
        var records: [SequenceRecord] = []
        let reader = try source.frames()
        while true {
            try flag.check()
            do {
                guard let frame = try reader.next() else { return records }
                records.append(try explain(frame, &follower, maps))
            } catch let error as VideoError {
                // Show the frames that were read.
                guard case .endedEarly = error else { throw error }
                progress(.warning("\(error)"))
                return records
            } catch let error as ImageError {
                // An unreadable frame still advances time.
                _ = follower.follow([])
                records.append(
                    SequenceRecord(number: nil, name: "", outcome: .unreadable("\(error)")))
            }
            progress(
                .working("explaining frames", finished: records.count, count: source.count ?? records.count))
        }
    }

    private func explain(_ frame: Frame, _ follower: inout ObjectTracker, _ maps: OutputFolder) throws -> SequenceRecord
    {
        let image = ScaledImage(frame.image)
        let detections = try inspector.detections(image)
        let outcome: SequenceRecord.Outcome
        switch follower.follow(detections) {
        case .lost(let reason): outcome = .lost(reason)
        case .found(let index):
            let map = try inspector.explain(image, detections[index])
            try writeAtomically(map.cells.npyData(), to: maps.place(frame.name, as: "npy"))
            outcome = .found(.init(index: index, detection: detections[index], heat: .init(map)))
        }
        return SequenceRecord(number: frame.number, name: frame.name, outcome: outcome)
    }

    private static func error(_ records: [SequenceRecord]) -> SequenceError {
        for case .lost(let reason) in records.map(\.outcome) { return .neverFound(frames: records.count, "\(reason)") }
        for case .unreadable(let reason) in records.map(\.outcome) { return .neverFound(frames: records.count, reason) }
        return .noFrames
    }
}

/// The reason why a sequence shows nothing.
public enum SequenceError: Error, Equatable, CustomStringConvertible {
    /// The sequence has no frames.
    case noFrames
    /// The object is in no frame; with the reason for the first frame.
    case neverFound(frames: Int, String)

    /// A sentence for the terminal.
    public var description: String {
        switch self {
        case .noFrames: "the sequence has no frames"
        case .neverFound(let frames, let reason):
            "there is nothing to follow in \(frames) \(frames == 1 ? "frame" : "frames"): \(reason)"
        }
    }
}
