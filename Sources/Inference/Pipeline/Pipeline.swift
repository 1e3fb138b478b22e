import Interruption
import Synchronization
import Tensors

/// A pipeline for any number of items in constant memory: they are read, prepared, computed, finished and written concurrently, and results
/// are collected in order.
///
/// | Stage | Where | What |
/// |---|---|---|
/// | `read` | its own thread, ahead of the others | waits for the disk |
/// | `prepare` | all cores | makes the input of `compute` |
/// | `compute` | the calling thread | runs programs, which use all cores |
/// | `finish` | all cores | makes a product from the answer |
/// | `write` | its own thread, in order | waits for the disk |
/// | `collect` | the calling thread, in order | keeps the results |
///
/// A program's kernels divide their work evenly among the cores, and all cores wait for the slowest. A thread that prepared the next items
/// at the same time would delay the others. So the two kinds of work alternate: a round of items is computed; then all cores finish these
/// items and prepare the next, waiting at most for the last of many small tasks.
///
/// An item that cannot be read, prepared or finished is collected as its error, in its place, and the others continue. An error from
/// computing, writing or collecting stops the pipeline: no more items are read, earlier ones are still written, later ones are not. An
/// item's result does not depend on the number of cores or on timing.
package struct Pipeline<Content: Sendable, Ready: Sendable, Answer: Sendable, Product: Sendable> {
    /// The number of items that are computed at once; only the last group may be smaller.
    package var groupSize = 1
    /// The minimum number of items that are prepared or finished together.
    package var roundSize = 1
    private let read: @Sendable (_ item: Int) throws -> Content
    private let prepare: @Sendable (_ item: Int, Content) throws -> Ready
    private let compute: (_ items: [(item: Int, ready: Ready)]) throws -> [Answer]
    private let finish: @Sendable (_ item: Int, Ready, Answer) throws -> Product
    private let write: @Sendable (Product) throws -> Void
    private let collect: (_ item: Int, Result<Product, any Error>) throws -> Void

    /// Creates a pipeline from its six stages.
    ///
    /// - Parameters:
    ///   - read: Reads an item's content.
    ///   - prepare: Makes the input of `compute`.
    ///   - compute: Returns an answer for each item of a group, without those that could not be prepared.
    ///   - finish: Makes a product from an answer.
    ///   - write: Writes a product.
    ///   - collect: Receives each item's product or error in order; earlier products are written or about to be.
    package init(
        read: @escaping @Sendable (_ item: Int) throws -> Content,
        prepare: @escaping @Sendable (_ item: Int, Content) throws -> Ready,
        compute: @escaping (_ items: [(item: Int, ready: Ready)]) throws -> [Answer],
        finish: @escaping @Sendable (_ item: Int, Ready, Answer) throws -> Product,
        write: @escaping @Sendable (Product) throws -> Void = { _ in },
        collect: @escaping (_ item: Int, Result<Product, any Error>) throws -> Void
    ) {
        (self.read, self.prepare, self.compute) = (read, prepare, compute)
        (self.finish, self.write, self.collect) = (finish, write, collect)
    }

    /// A round size that keeps all cores busy: tasks differ in length, and only many of them together end at about the same time on all
    /// cores.
    package var busyRoundSize: Int { min(max(4, 2 * Parallel.workerCount), 32) }

    /// The maximum number of items in memory at any time, as content, prepared or as products: four rounds.
    package var mostItems: Int { 4 * wholeRound }

    private var wholeRound: Int { (max(1, roundSize) + groupSize - 1) / groupSize * groupSize }

    /// Processes items `0..<count`.
    ///
    /// A request to stop ends it after the items that the cores are at: earlier ones are written and collected.
    ///
    /// - Throws: ``Interrupted``, and the errors of computing, writing and collecting.
    package func run(_ count: Int) throws {
        try Signals.whilePolling { try runPolling(count, InterruptFlag.current) }
    }

    private func runPolling(_ count: Int, _ flag: InterruptFlag) throws {
        let read = read
        let reader = Prefetcher(count: count, capacity: wholeRound) { item in Result { try read(item) } }
        defer { reader.stop() }
        let writer = BackgroundWriter(count: count, capacity: wholeRound, write: write)
        do { try run(count, reader, writer, flag) } catch {
            // A write error belongs to an earlier item than the error thrown here, so it is thrown instead.
            try writer.finish()
            throw error
        }
        try writer.finish()
    }

    private typealias Reader = Prefetcher<Result<Content, any Error>>

    private func run(
        _ count: Int, _ reader: Reader, _ writer: BackgroundWriter<Product>, _ flag: InterruptFlag
    ) throws {
        var round = Round(items: 0..<0)
        while true {
            let next = round.items.upperBound..<min(count, round.items.upperBound + wholeRound)
            let (products, ready) = takeTurn(finishing: round, preparing: next, reader, flag)
            for (item, product) in zip(round.items, products) {
                // Not the item's own error, so it stops the pipeline.
                if case .failure(let error as Interrupted) = product { throw error }
                if case .success(let product) = product { try writer.append(product) }
                try collect(item, product)
            }
            if next.isEmpty { return }
            round = Round(items: next, ready: ready)
            try answer(&round, flag)
        }
    }

    /// A group of consecutive items in progress.
    private struct Round {
        let items: Range<Int>
        var ready: [Result<Ready, any Error>] = []
        var answers: [Answer?] = []
    }

    private func answer(_ round: inout Round, _ flag: InterruptFlag) throws {
        round.answers = round.items.map { _ in nil }
        for start in stride(from: 0, to: round.items.count, by: groupSize) {
            let places = start..<min(round.items.count, start + groupSize)
            let usable = places.filter { if case .success = round.ready[$0] { true } else { false } }
            if usable.isEmpty { continue }
            try flag.check()
            let group = try usable.map { (item: round.items.lowerBound + $0, ready: try round.ready[$0].get()) }
            let answers = try compute(group)
            precondition(answers.count == usable.count, "\(answers.count) answers for \(usable.count) items")
            for (place, answer) in zip(usable, answers) { round.answers[place] = answer }
        }
    }

    /// Finishes a round's items and prepares the next on all cores. Longer tasks come first, so that short ones fill the end.
    private func takeTurn(
        finishing round: Round, preparing next: Range<Int>, _ reader: Reader, _ flag: InterruptFlag
    ) -> (products: [Result<Product, any Error>], ready: [Result<Ready, any Error>]) {
        let products = Mutex([Result<Product, any Error>?](repeating: nil, count: round.items.count))
        let ready = Mutex([Result<Ready, any Error>?](repeating: nil, count: next.count))
        Self.share(round.items.count + next.count) { piece in
            if piece < round.items.count {
                let product = product(of: round, at: piece, flag)
                products.withLock { $0[piece] = product }
            } else {
                let place = piece - round.items.count
                let item = next.lowerBound + place
                let result = Result {
                    try flag.check()
                    return try prepare(item, reader.take(item).get())
                }
                ready.withLock { $0[place] = result }
            }
        }
        return (products.withLock { $0.compactMap { $0 } }, ready.withLock { $0.compactMap { $0 } })
    }

    private func product(
        of round: Round, at place: Int, _ flag: InterruptFlag
    ) -> Result<Product, any Error> {
        Result {
            try flag.check()
            let ready = try round.ready[place].get()
            guard let answer = round.answers[place] else { preconditionFailure("item \(place) has no answer") }
            return try finish(round.items.lowerBound + place, ready, answer)
        }
    }

    /// Runs many tasks on one core each; a single task may use all cores for its own loops.
    private static func share(_ count: Int, _ body: (Int) -> Void) {
        if count == 1 { return body(0) }
        Parallel.forEach(count) { piece, _ in Parallel.alone { body(piece) } }
    }
}
