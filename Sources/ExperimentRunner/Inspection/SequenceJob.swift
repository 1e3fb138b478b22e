import Boxes
import Foundation
import Images
import Inspection
import JSON
import PeakDecoding
import Tensors
import Visualization

/// Follows one object through a sequence and shows, frame by frame, what the network looked at: `maps/NAME.png` (the map over the
/// image; or another format) and `maps/NAME.npy` (the raw map) for each frame, `sequence.png` (a moving contact sheet), `sequence.mp4` where ffmpeg
/// is installed, and `sequence.json` with a line a frame.
///
/// All frames share one range of colours, from 0 to the highest number of any frame's map. So the sequence is gone through twice: first
/// every frame is explained, and its raw map put on the disk; then, the range being known, everything is drawn. Of each frame only
/// a few numbers stay in memory.
public struct SequenceJob {
    /// How the job is done.
    public struct Options {
        /// Which object is followed.
        public var start: Follower.Start
        /// How far it may move.
        public var gate = Follower.Gate()
        /// Colours; the range is found here.
        public var style = MapStyle()
        /// How the frames' maps are written.
        public var format = DrawingFormat.png
        /// How fast the results play.
        public var framesPerSecond = 10.0
        /// What stands above the contact sheet.
        public var title: String
        /// How many frames `sequence.png` has at the most, which grows to hundreds of megabytes otherwise. Of longer sequences it
        /// shows every second frame, or every third, and so on.
        public var maximumAnimationFrames = 300

        /// The defaults for everything else.
        public init(start: Follower.Start, title: String) {
            self.start = start
            self.title = title
        }
    }

    /// What became of the sequence.
    public struct Result {
        /// How many frames there were, and in how many of them the object was found.
        public let frameCount, foundCount: Int
        /// A few lines for the terminal.
        public let text: String
        let failures: ImageFailures

        /// - Throws: ``ImageSourceError/some(failed:of:reasons:)`` when images could not be used.
        public func throwIfSomeFailed() throws(ImageSourceError) { try failures.throwIfAny() }
    }

    let source: any FrameSource
    private let inspector: FrameInspector
    let classNames: [String]
    let options: Options
    let output: OutputFolder
    let ffmpeg: FFmpeg?
    let progress: any RunProgress

    /// A job; nothing happens yet.
    public init(
        source: any FrameSource, inspector: FrameInspector, classNames: [String], options: Options,
        output: OutputFolder, ffmpeg: FFmpeg? = FFmpeg(), progress: any RunProgress
    ) {
        self.source = source
        self.inspector = inspector
        self.classNames = classNames
        self.options = options
        self.output = output
        self.ffmpeg = ffmpeg
        self.progress = progress
    }

    /// Does the job.
    ///
    /// - Throws: ``SequenceError`` when there is nothing to show, ``ImageSourceError/wouldOverwrite(_:)``, ``VideoError``, and what the
    ///   inspector throws.
    public func run() throws -> Result {
        let output = output.sparing(source.files)
        let maps = try output.folder("maps")
        let list = try output.place("sequence", as: "json")
        let movies = try (animation: output.place("sequence", as: "png"), video: output.place("sequence", as: "mp4"))
        for name in source.names { _ = try maps.place(name, as: options.format.fileExtension) }
        let records = try explainAll(maps)
        let found = records.count { $0.score != nil }
        if found == 0 { throw Self.error(records) }
        let files = try drawAll(records, maps, to: movies)
        let lines = records.map { "  " + $0.json(classNames).text(pretty: false) }
        try output.write("[\n" + lines.joined(separator: ",\n") + "\n]\n", to: list)
        var failures = ImageFailures(count: records.count)
        for case .unreadable(let reason) in records.map(\.outcome) { failures.reasons.append(reason) }
        return Result(
            frameCount: records.count, foundCount: found,
            text: "found in \(found) of \(records.count) frames\n"
                + (files + [list]).map(\.relativePath).joined(separator: "\n"),
            failures: failures)
    }

    /// The first time through: what is where, and why.
    private func explainAll(_ maps: OutputFolder) throws -> [SequenceRecord] {
        var follower = Follower(start: options.start, gate: options.gate)
        var records: [SequenceRecord] = []
        let reader = try source.frames()
        while true {
            do {
                guard let frame = try reader.next() else { return records }
                records.append(try explain(frame, &follower, maps))
            } catch let error as VideoError {
                // What was read is worth showing.
                guard case .endedEarly = error else { throw error }
                progress.report(.warning("\(error)"))
                return records
            } catch let error as ImageError {
                // Time goes on, whatever can be read.
                _ = follower.follow([])
                records.append(
                    SequenceRecord(number: nil, name: "", outcome: .unreadable("\(error)")))
            }
            progress.report(
                .working("explaining frames", finished: records.count, count: source.count ?? records.count))
        }
    }

    private func explain(_ frame: Frame, _ follower: inout Follower, _ maps: OutputFolder) throws -> SequenceRecord {
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

/// A sequence that shows nothing.
public enum SequenceError: Error, Equatable, CustomStringConvertible {
    /// It has no frames.
    case noFrames
    /// The object is in none of them; why it is not in the first.
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
