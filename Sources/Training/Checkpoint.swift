import Foundation
import Graphs
import Networks
import Tensors
import WeightFiles

/// Everything that a run needs to resume as if it had never stopped, in one file that is written atomically. All other files of the run's
/// folder can be restored from it, except the best weights.
struct Checkpoint {
    var state: TrainingState
    /// What the run is; it is only resumed under the same.
    var identity: RunIdentity
    /// How many epochs the run was to have.
    var plannedEpochs: Int
    /// How many threads computed, on which last bits depend; nil in files of earlier versions.
    var threads: Int?
    var optimizerSteps: Int
    var averageSteps: Int?
    /// The weights, the optimizer's state and the average, each group under its own prefix.
    var tensors: [(name: String, tensor: Tensor)]

    static let weightsPrefix = "weights/"
    static let optimizerPrefix = "optimizer/"
    static let averagePrefix = "average/"
    static let threadsKey = "threads"

    /// Writes a checkpoint directly from the tensors' memory, since a copy of all tensors would take much of the memory that a run needs.
    static func write(
        state: TrainingState, identity: RunIdentity, plannedEpochs: Int, parameters: ParameterStore,
        optimizer: Optimizer, average: WeightAverage?, to url: URL
    ) throws {
        var metadata = state.metadata
        metadata.merge(identity.metadata) { _, new in new }
        metadata["plannedEpochs"] = String(plannedEpochs)
        metadata[threadsKey] = String(Threads.teamSize)
        metadata["optimizerSteps"] = String(optimizer.stepCount)
        if let average { metadata["averageSteps"] = String(average.stepCount) }
        var views = parameters.entries.map { (name: weightsPrefix + $0.name, view: $0.value) }
        views += optimizer.state.map { (optimizerPrefix + $0.name, $0.view) }
        views += average?.parameters.entries.map { (averagePrefix + $0.name, $0.value) } ?? []
        try SafeTensorsFile.write(views, metadata: metadata, to: url)
    }

    /// Reads a checkpoint.
    ///
    /// - Throws: ``TrainingError/badCheckpoint(path:reason:)`` when the file is damaged.
    init(contentsOf url: URL) throws(TrainingError) {
        let file: SafeTensorsOutline
        do {
            file = try SafeTensorsOutline(contentsOf: url)
            try file.checkContent()
            tensors = file.names.compactMap { name in file.tensor(name).map { (name, $0) } }
            try file.requireUnchanged()
        } catch {
            throw .badCheckpoint(path: url.path, reason: "\(error)")
        }
        guard let state = TrainingState(metadata: file.metadata),
            let plannedEpochs = file.metadata["plannedEpochs"].flatMap({ Int($0) }),
            let optimizerSteps = file.metadata["optimizerSteps"].flatMap({ Int($0) })
        else { throw .badCheckpoint(path: url.path, reason: "the training state is missing or damaged") }
        self.state = state
        self.plannedEpochs = plannedEpochs
        self.optimizerSteps = optimizerSteps
        threads = file.metadata[Self.threadsKey].flatMap { Int($0) }
        averageSteps = file.metadata["averageSteps"].flatMap { Int($0) }
        identity = RunIdentity(metadata: file.metadata)
    }

    /// Restores the parameters, the optimizer and the average.
    ///
    /// - Throws: ``GraphError`` when a tensor is missing or has another shape.
    func restore(parameters: ParameterStore, optimizer: Optimizer, average: WeightAverage?) throws(GraphError) {
        let weights = group(Self.weightsPrefix)
        for entry in parameters.entries {
            guard let tensor = weights[entry.name] else {
                throw .parameter(name: entry.name, expected: entry.declaration.shape, found: nil)
            }
            try parameters.assign(entry.name, tensor)
        }
        try optimizer.restore(group(Self.optimizerPrefix), stepCount: optimizerSteps)
        try average?.restore(group(Self.averagePrefix), stepCount: averageSteps ?? 0)
    }

    private func group(_ prefix: String) -> [String: Tensor] {
        var group: [String: Tensor] = [:]
        for (name, tensor) in tensors where name.hasPrefix(prefix) {
            group[String(name.dropFirst(prefix.count))] = tensor
        }
        return group
    }
}

extension RunFolder {
    /// How many threads computed the run up to its checkpoint; nil if there is none, or if it does not say.
    public var checkpointThreads: Int? {
        guard let text = try? SafeTensorsFile.metadata(of: checkpoint)[Checkpoint.threadsKey],
            let count = Int(text), (1...1024).contains(count)
        else { return nil }
        return count
    }
}
