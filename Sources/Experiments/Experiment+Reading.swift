import Foundation
import Graphs
import JSON
import Settings
import Tensors

extension Experiment {
    /// Reads an experiment file (JSON, comments allowed), then applies overrides.
    ///
    /// An experiment without a name gets the file's name. A relative path of the file is one from the file's folder, as run
    /// folders have them, or from the folder that holds it, so that `Experiments/NAME.json` works from anywhere; a relative path of an
    /// override is one from the current folder.
    ///
    /// - Parameters:
    ///   - root: Another data set than the file's; the file's format, classes, splits and keypoints do not apply to it.
    ///   - overrides: `key=value` each; a value that is not JSON is text.
    /// - Throws: `JSONError` for a file that is not JSON, ``ExperimentError`` for one that is not an experiment.
    public init(contentsOf file: URL, dataset root: String? = nil, overrides: [String] = []) throws {
        self.init()
        try JSONValue.requireSize(of: file, name: file.relativePath)
        let content = try Self.text(of: file)
        let json = try JSONValue(parsing: content, file: file.relativePath)
        guard case .object = json else {
            let place = ExperimentError.Place(key: "the experiment", file: file.relativePath, line: 1)
            throw ExperimentError.wrongKind(place: place, found: json.describedKind, expected: "a section: { … }")
        }
        name = file.deletingPathExtension().lastPathComponent
        let entries = SettingEntry.all(in: json) { path in
            ExperimentError.Place(
                key: path.joined(separator: "."), file: file.relativePath, line: lineOfKey(path: path, in: content))
        }
        try read(entries)
        locatePaths(above: file, fileFirst: true)
        if let root {
            let usual = Dataset()
            (dataset.root, dataset.format, dataset.classes) = (root, usual.format, usual.classes)
            (dataset.trainSplit, dataset.validationSplit) = (usual.trainSplit, usual.validationSplit)
            (dataset.folds, dataset.fold) = (usual.folds, usual.fold)
            (training.trainsKeypoints, training.keypointSigmas, network.mirrorPairs) = (true, nil, nil)
        }
        try apply(overrides)
        locatePaths(above: file, fileFirst: false)
        try validate(file: file.relativePath)
    }

    /// Changes individual settings: `training.epochs=60`.
    ///
    /// - Throws: ``ExperimentError``.
    public mutating func apply(_ overrides: [String]) throws(ExperimentError) {
        var entries: [SettingEntry] = []
        for override in overrides { entries += try SettingEntry.all(override: override) }
        try read(entries)
    }

    package static func isSetting(_ path: [String]) -> Bool { settings.contains { $0.isMeant(by: path) } }

    private mutating func read(_ entries: [SettingEntry]) throws(ExperimentError) {
        for entry in entries { try Self.requireKnown(entry) }
        // In the order of the settings, because some decide whether others apply; the last override wins.
        for setting in Self.settings {
            guard let entry = entries.last(where: { setting.isMeant(by: $0.path) }) else { continue }
            guard setting.applies(self) else {
                throw .notApplicable(
                    place: entry.place, because: "it conflicts with the other values of its section")
            }
            if setting.read(entry.value, &self) { continue }
            if let text = entry.text, setting.read(.string(text), &self) { continue }
            throw .wrongKind(
                place: entry.place, found: entry.value.describedKind, expected: setting.expectation)
        }
    }

    private static func requireKnown(_ entry: SettingEntry) throws(ExperimentError) {
        if isSetting(entry.path) { return }
        if settings.contains(where: { $0.path.starts(with: entry.path) }) {
            // An empty section is allowed and has no effect.
            if case .object(let object) = entry.value, object.keys.isEmpty { return }
            throw .wrongKind(place: entry.place, found: entry.value.describedKind, expected: "a section: { … }")
        }
        throw .unknownKey(place: entry.place, nearest: nearestKey(to: entry.path))
    }

    /// Returns the setting or section that was probably meant: siblings first, since most mistakes are in the last word.
    private static func nearestKey(to path: [String]) -> String? {
        for depth in path.indices {
            let parent = Array(path[..<depth])
            let siblings = Set(
                settings.filter { $0.path.count > depth && $0.path.starts(with: parent) }.map { $0.path[depth] })
            if siblings.contains(path[depth]) { continue }
            if let near = nearestNames(to: path[depth], among: siblings, limit: 1).first {
                return (parent + [near]).joined(separator: ".")
            }
            break
        }
        // The right word in the wrong section.
        guard let word = path.last else { return nil }
        return settings.first { $0.path.last == word }?.path.joined(separator: ".")
    }

    private static func text(of file: URL) throws(ExperimentError) -> String {
        if !FileKind.mayExist(file) { throw .notFound(file: file.relativePath) }
        do throws(FileError) {
            return String(decoding: try readToEnd(file), as: UTF8.self)
        } catch { throw .unreadable(file: file.relativePath, reason: error.reason) }
    }

    private mutating func locatePaths(above file: URL, fileFirst: Bool) {
        dataset.root = Self.locate(dataset.root, above: file, fileFirst: fileFirst)
        if case .weights = startingPoint {
            network.pretrained = network.pretrained.map { Self.locate($0, above: file, fileFirst: fileFirst) }
        }
    }

    /// Finds a relative path of an experiment: from the current folder, from the folder of the experiment's file, or beside that folder.
    ///
    /// - Parameter fileFirst: Whether the file's place decides where several have it.
    private static func locate(_ path: String, above file: URL, fileFirst: Bool) -> String {
        if path.isEmpty || path.hasPrefix("/") { return path }
        // What cannot be looked at is not passed over for another: reading it will say why.
        func exists(_ path: String) -> Bool { FileKind.mayExist(URL(fileURLWithPath: path)) }
        if !fileFirst && exists(path) { return path }
        let folder = file.absoluteURL.standardizedFileURL.deletingLastPathComponent()
        for base in [folder, folder.deletingLastPathComponent()] {
            let candidate = base.appendingPathComponent(path).standardizedFileURL.path
            // What lies in the current folder keeps its short name.
            let isHere = candidate == URL(fileURLWithPath: path).standardizedFileURL.path
            if exists(candidate) { return isHere ? path : candidate }
        }
        return path
    }
}
