import Foundation
import Graphs
import Networks
import Tensors
import WeightFiles

/// Everything that a run needs to go on as if it had never stopped, in one file that is written at once: whatever else is
/// in the run's folder follows from it.
struct Checkpoint {
    var state: TrainingState
    /// What the experiment is, as named values; a run only goes on under the same.
    var fingerprint: [String: String]
    /// How many epochs the run was to have.
    var plannedEpochs: Int
    var optimizerSteps: Int
    var averageSteps: Int?
    /// Weights, the optimizer's memory and the average, each group under a prefix of its own.
    var tensors: [(name: String, tensor: Tensor)]

    static let weightsPrefix = "weights/"
    static let optimizerPrefix = "optimizer/"
    static let averagePrefix = "average/"
    private static let fingerprintPrefix = "experiment."

    /// Writes a checkpoint; numbers go from where they are to the file, for a copy of them all would be much of what a run needs.
    static func write(
        state: TrainingState, fingerprint: [String: String], plannedEpochs: Int, parameters: ParameterStore,
        optimizer: Optimizer, average: WeightAverage?, to url: URL
    ) throws {
        var metadata = state.metadata
        for (name, value) in fingerprint { metadata[fingerprintPrefix + name] = value }
        metadata["plannedEpochs"] = String(plannedEpochs)
        metadata["optimizerSteps"] = String(optimizer.stepCount)
        if let average { metadata["averageSteps"] = String(average.stepCount) }
        var views = parameters.entries.map { (name: weightsPrefix + $0.name, view: $0.value) }
        views += optimizer.state.map { (optimizerPrefix + $0.name, $0.view) }
        views += average?.parameters.entries.map { (averagePrefix + $0.name, $0.value) } ?? []
        try SafeTensorsFile.write(views, metadata: metadata, to: url)
    }

    /// Reads a checkpoint.
    ///
    /// - Throws: ``TrainingError/badCheckpoint(path:reason:)`` when it is damaged.
    init(contentsOf url: URL) throws(TrainingError) {
        let file: SafeTensorsFile
        do {
            file = try SafeTensorsFile(contentsOf: url)
        } catch {
            throw .badCheckpoint(path: url.path, reason: "\(error)")
        }
        guard let state = TrainingState(metadata: file.metadata),
            let plannedEpochs = file.metadata["plannedEpochs"].flatMap({ Int($0) }),
            let optimizerSteps = file.metadata["optimizerSteps"].flatMap({ Int($0) })
        else { throw .badCheckpoint(path: url.path, reason: "it does not say where the run stood") }
        self.state = state
        self.plannedEpochs = plannedEpochs
        self.optimizerSteps = optimizerSteps
        averageSteps = file.metadata["averageSteps"].flatMap { Int($0) }
        fingerprint = [:]
        for (name, value) in file.metadata where name.hasPrefix(Self.fingerprintPrefix) {
            fingerprint[String(name.dropFirst(Self.fingerprintPrefix.count))] = value
        }
        tensors = file.tensors.map { ($0.name, $0.tensor) }
    }

    /// Puts everything back.
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

    /// A sentence for each value in which this checkpoint's experiment differs from another.
    func differences(from other: [String: String]) -> [String] {
        Set(fingerprint.keys).union(other.keys).sorted().compactMap { name in
            let (then, now) = (fingerprint[name] ?? "nothing", other[name] ?? "nothing")
            return then == now ? nil : "\(name) was \(then) and is \(now)"
        }
    }
}
