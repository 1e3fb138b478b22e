import Boxes
import Datasets
import Foundation
import Interruption
import Synchronization
import Tensors
import TestSupport
import Testing
import Training

@Suite struct BatchLoaderTests {
    func loader(_ dataset: DetectionDataset, cacheBytes: Int = 0) -> SampleLoader {
        SampleLoader(
            dataset: dataset, inputSize: 32, mean: [0.5, 0.5, 0.5], standardDeviation: [0.2, 0.2, 0.2],
            augmentation: AugmentationConfiguration(), seed: 9, cacheBytes: cacheBytes)
    }

    func batches(_ samples: SampleLoader, _ plan: BatchPlan, _ steps: Range<Int>, threads: Int) throws
        -> [TrainingBatch]
    {
        let loader = BatchLoader(samples: samples, plan: plan, batches: steps, threads: threads, ahead: 2)
        var batches: [TrainingBatch] = []
        while let batch = try loader.next() { batches.append(batch) }
        loader.stop()
        return batches
    }

    @Test func threadsCachesAndTheStartDoNotMatter() throws {
        let folder = try TemporaryFolder()
        let dataset = try rectangles(in: folder.url, count: 10)
        let plan = BatchPlan(sampleCount: 10, batchSize: 4, seed: 9)
        #expect(plan.stepsPerEpoch == 2)
        let reference = try batches(loader(dataset), plan, 0..<7, threads: 1)
        #expect(reference.count == 7)
        for (threads, cache, start) in [(3, 0, 0), (2, 1 << 20, 0), (1, 40_000, 3), (5, 0, 6)] {
            let others = try batches(loader(dataset, cacheBytes: cache), plan, start..<7, threads: threads)
            #expect(others.count == 7 - start)
            for (one, other) in zip(reference[start...], others) {
                #expect(one.input == other.input)
                #expect(one.files == other.files)
                #expect(one.targets.map(\.heatmap) == other.targets.map(\.heatmap))
            }
        }
    }

    @Test func everyEpochSeesDifferentOrdersAndViews() throws {
        let plan = BatchPlan(sampleCount: 50, batchSize: 8, seed: 2)
        #expect(plan.order(epoch: 0).sorted() == Array(0..<50))
        #expect(plan.order(epoch: 0) == plan.order(epoch: 0))
        #expect(plan.order(epoch: 0) != plan.order(epoch: 1))
        #expect(plan.order(epoch: 0) != BatchPlan(sampleCount: 50, batchSize: 8, seed: 3).order(epoch: 0))
        let folder = try TemporaryFolder()
        let samples = loader(try rectangles(in: folder.url, count: 1))
        #expect(try samples.load(0, epoch: 0, position: 0).input != samples.load(0, epoch: 1, position: 0).input)
    }

    @Test func aSmallSetMakesASmallBatch() {
        let plan = BatchPlan(sampleCount: 3, batchSize: 8, seed: 1)
        #expect(plan.batchSize == 3 && plan.stepsPerEpoch == 1)
    }

    /// Images are drawn in proportion to their weights, rounded up or down, and the same however often the plan is asked.
    @Test func weightedImagesAreDrawnInProportion() {
        let weights = (0..<20).map { $0 < 2 ? 5.0 : 1.0 }
        let plan = BatchPlan(sampleCount: 20, batchSize: 4, seed: 2, weights: weights)
        var counts = [Int](repeating: 0, count: 20)
        for epoch in 0..<140 {
            let order = plan.order(epoch: epoch)
            #expect(order.count == 20 && order == plan.order(epoch: epoch))
            let drawn = Dictionary(order.map { ($0, 1) }, uniquingKeysWith: +)
            // 5 of 28 parts of 20 images are 3.57, one part is 0.71.
            for index in 0..<2 { #expect((3...4).contains(drawn[index] ?? 0)) }
            for index in 2..<20 { #expect((drawn[index] ?? 0) <= 1) }
            for index in order { counts[index] += 1 }
        }
        for index in 0..<20 { #expect(abs(Double(counts[index]) - (index < 2 ? 500 : 100)) < 25, "\(counts)") }
    }

    /// The rarest class of an image decides how often it is drawn, and a class's share of the objects how much it counts.
    @Test func rareClassesCountMore() {
        func object(_ classIndex: Int) -> AnnotatedObject {
            AnnotatedObject(classIndex: classIndex, className: "", box: Box(xMin: 0, yMin: 0, xMax: 9, yMax: 9))
        }
        let objects = [[0, 0], [0, 1], [0], [0], []].map { $0.map(object) }
        let dataset = DetectionDataset(
            classNames: ["often", "rare", "never"],
            samples: objects.enumerated().map { index, objects in
                Sample(id: "\(index)", imageURL: URL(fileURLWithPath: "\(index)"), objects: objects)
            }, split: "train")
        #expect(dataset.balancedWeights == [1, 2, 1, 1, 1])
        #expect(dataset.classWeights(exponent: 0) == [1, 1, 1])
        let weights = dataset.classWeights(exponent: 1)
        #expect(abs(weights[0] * 5 - weights[1]) < 1e-12)
        #expect(abs(weights[0] * 5 + weights[1] - 6) < 1e-12)
    }

    @Test func unreadableImagesAreReplacedAndCounted() throws {
        let folder = try TemporaryFolder()
        let dataset = try rectangles(in: folder.url, count: 6)
        try Data("no image".utf8).write(to: dataset.samples[2].imageURL)
        try FileManager.default.removeItem(at: dataset.samples[4].imageURL)
        let bad = Set([2, 4].map { dataset.samples[$0].imageURL })
        let plan = BatchPlan(sampleCount: 6, batchSize: 6, seed: 9)
        let one = try batches(loader(dataset), plan, 0..<2, threads: 1)
        let two = try batches(loader(dataset), plan, 0..<2, threads: 2)
        for (batch, other) in zip(one, two) {
            #expect(Set(batch.unreadable.map(\.file)) == bad)
            #expect(batch.files.count == 6 && bad.isDisjoint(with: batch.files))
            #expect(batch.input == other.input && batch.files == other.files)
        }
    }

    @Test func noReadableImageIsAnError() throws {
        let folder = try TemporaryFolder()
        let dataset = try rectangles(in: folder.url, count: 3)
        for sample in dataset.samples { try FileManager.default.removeItem(at: sample.imageURL) }
        let batches = BatchLoader(
            samples: loader(dataset), plan: BatchPlan(sampleCount: 3, batchSize: 2, seed: 1), batches: 0..<5)
        #expect(throws: TrainingError.self) { try batches.next() }
        batches.stop()
    }

    @Test("Threads that the system refuses do not matter", .timeLimit(.minutes(10)), arguments: [0, 1, 2])
    func refusedThreads(granted: Int) throws {
        let folder = try TemporaryFolder()
        let dataset = try rectangles(in: folder.url, count: 10)
        let plan = BatchPlan(sampleCount: 10, batchSize: 4, seed: 9)
        let reference = try batches(loader(dataset), plan, 0..<7, threads: 1)
        var asked = 0
        let batches = BatchLoader(samples: loader(dataset), plan: plan, batches: 0..<7, threads: 3, ahead: 2) {
            name, body in
            asked += 1
            return asked <= granted && BackgroundThread.start(name, body)
        }
        #expect(asked == granted + 1)
        for expected in reference { #expect(try batches.next()?.input == expected.input) }
        #expect(try batches.next() == nil)
        batches.stop()
    }

    @Test("A request to stop ends the wait for a batch", .timeLimit(.minutes(10))) func interruptedWait() throws {
        let folder = try TemporaryFolder()
        let dataset = try rectangles(in: folder.url, count: 3)
        let late = Mutex<(@Sendable () -> Void)?>(nil)
        let batches = BatchLoader(
            samples: loader(dataset), plan: BatchPlan(sampleCount: 3, batchSize: 2, seed: 1), batches: 0..<5,
            threads: 1, ahead: 2
        ) { _, body in
            late.withLock { $0 = body }
            return true
        }
        let flag = InterruptFlag()
        #expect(
            BackgroundThread.start("raises") {
                usleep(1000)
                flag.raise()
            })
        #expect(throws: Interrupted.self) { try batches.next(interrupt: flag) }
        // The thread that never came, without which the loader does not end.
        let body = try #require(late.withLock { $0 })
        #expect(BackgroundThread.start("late", body))
        batches.stop()
    }

    @Test(.timeLimit(.minutes(10))) func stopsInTheMiddle() throws {
        let folder = try TemporaryFolder()
        let dataset = try rectangles(in: folder.url, count: 4)
        for _ in 0..<20 {
            let batches = BatchLoader(
                samples: loader(dataset), plan: BatchPlan(sampleCount: 4, batchSize: 2, seed: 1), batches: 0..<1000,
                threads: 3)
            _ = try batches.next()
            batches.stop()
            #expect(try batches.next() == nil)
        }
    }
}
