import Foundation
import Networks
import Training

extension Experiment {
    /// Reads the experiment of a run, to train further from its best weights, then applies overrides.
    ///
    /// Classes that both data sets have keep their rows of the last layers, by name; new ones start anew (``Model/start(from:)``).
    /// The new run is called `NAME-continued` unless an override names it.
    ///
    /// - Parameters:
    ///   - run: The run's folder, or weights in it, from which training then starts.
    ///   - root: Another data set than the run's, see ``init(contentsOf:dataset:overrides:)``.
    /// - Throws: ``ExperimentError/noRun(place:)`` for what is no run, and as ``init(contentsOf:dataset:overrides:)``.
    public init(continuing run: URL, dataset root: String? = nil, overrides: [String] = []) throws {
        guard let folder = RunFolder(around: run), FileManager.default.fileExists(atPath: folder.experiment.path) else {
            throw ExperimentError.noRun(place: run.relativePath)
        }
        // An error about weights that are missing comes before anything else is read or written.
        let weights = try Model.weightsFile(at: run)
        let name = try Experiment(contentsOf: folder.experiment).name
        let start = ["name=\(name)-continued", "network.pretrained=\(weights.relativePath)"]
        try self.init(contentsOf: folder.experiment, dataset: root, overrides: start + overrides)
    }
}
