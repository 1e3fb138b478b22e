import Experiments
import Foundation
import JSON
import SyntheticData
import Tensors
import Training

/// Times data loading from image files to training batches: decoding, augmentation and targets, with no cache but the
/// system's.
struct DataBenchmark {
    let settings: Benchmark

    func run() throws -> BenchmarkReport {
        let scratch = try ScratchFolder()
        let experiment = try Experiment(
            dataset: settings.dataset ?? madeUp(in: scratch).path, overrides: ["input.size=\(settings.inputSize)"])
        let index = try experiment.index()
        let dataset = try experiment.trainingSplit(of: index, experiment.answers(on: index))
        let training = experiment.training
        let samples = SampleLoader(
            dataset: dataset, inputSize: settings.inputSize, mean: experiment.input.mean.map(Float.init),
            standardDeviation: experiment.input.standardDeviation.map(Float.init),
            augmentation: training.augmentation, targets: training.targets, seed: training.seed)
        let plan = BatchPlan(sampleCount: dataset.samples.count, batchSize: settings.batchSize, seed: training.seed)
        let runs = try time(samples, plan)
        var report = BenchmarkReport(
            "loading a batch of \(plan.batchSize) images for an input of \(settings.inputSize.rows)x\(settings.inputSize.columns), "
                + "with augmentation and targets",
            runs: runs, images: plan.batchSize,
            settings: [
                ("mode", .string(settings.mode.rawValue)), ("classes", .integer(dataset.classNames.count)),
                ("size", settings.inputSize.setting), ("batch", .integer(plan.batchSize)),
                ("backend", .null), ("algorithm", .null),
            ])
        let source = settings.dataset.map { "\(dataset.samples.count) images of \($0)" }
        report.add(
            "dataset", settings.dataset.map { .string($0) } ?? .null,
            source ?? "synthetic images of \(Self.side)x\(Self.side)")
        return report
    }

    /// Times the runs. Threads finish several batches at almost the same time, so a run is a round of batches, and its time is
    /// the mean time of one batch.
    private func time(_ samples: SampleLoader, _ plan: BatchPlan) throws -> [Double] {
        let round = 2 * Threads.count
        // One more round to warm up, and one that keeps all threads busy until the end of the last timed round.
        let steps = 0..<(settings.runs + 2) * round
        let batches = BatchLoader(samples: samples, plan: plan, batches: steps, threads: Threads.count)
        defer { batches.stop() }
        func takeRound() throws { for _ in 0..<round { _ = try batches.next() } }
        try takeRound()
        return try (0..<settings.runs).map { _ in try seconds(takeRound) / Double(round) }
    }

    private static let side = 480

    private func madeUp(in scratch: ScratchFolder) throws -> URL {
        let folder = scratch.url.appendingPathComponent("shapes")
        // Twelve of every sixteen images are in the training split.
        let count = max(32, (settings.batchSize * 16 + 11) / 12)
        try ShapesSynthesizer(imageCount: count, size: Self.side).write(to: folder)
        return folder
    }
}
