import Synchronization
import Tensors

/// Work on numbered items, any number of them in constant memory: they are read, prepared, computed, finished and written at the
/// same time, and their results come in order.
///
/// | Stage | Where | What |
/// |---|---|---|
/// | `read` | a thread of its own, ahead | waits for the disk |
/// | `prepare` | all cores | makes what is computed on |
/// | `compute` | the calling thread | runs programs, which use all cores |
/// | `finish` | all cores | makes something of the answer |
/// | `write` | a thread of its own, behind, in order | waits for the disk |
/// | `collect` | the calling thread, in order | keeps what is needed in the end |
///
/// A program's kernels divide their work evenly among the cores, and all of them wait for the last. A thread that prepared the next
/// items beside them would hold up the others as long as it works. So the cores take turns: a round of items is computed; then all cores
/// together finish these and prepare the next, and none waits for more than the last of many small pieces of work.
///
/// An item that cannot be read, prepared or finished is collected as its error, in its place, and the others go on. What computing,
/// writing or collecting throws ends the work: no more items are read, those before are still written, none after.
/// What comes of an item does not depend on the number of cores, or on which thread was faster.
package struct Pipeline<Content: Sendable, Ready: Sendable, Answer: Sendable, Product: Sendable> {
    /// How many items are computed at once; only the last may be fewer.
    package var groupSize = 1
    /// The least number of items that are prepared or finished together.
    package var roundSize = 1
    private let read: @Sendable (_ item: Int) throws -> Content
    private let prepare: @Sendable (_ item: Int, Content) throws -> Ready
    private let compute: (_ items: [(item: Int, ready: Ready)]) throws -> [Answer]
    private let finish: @Sendable (_ item: Int, Ready, Answer) throws -> Product
    private let write: @Sendable (Product) throws -> Void
    private let collect: (_ item: Int, Result<Product, any Error>) throws -> Void

    /// The six stages.
    ///
    /// - Parameters:
    ///   - read: An item's content.
    ///   - prepare: What is computed on.
    ///   - compute: An answer for each of a group's items, or of those of them that could be prepared.
    ///   - finish: What becomes of an answer.
    ///   - write: Puts a product where it belongs.
    ///   - collect: Is given every item's product, or what kept it from being made, in order; those before are written or about to be.
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

    /// Rounds that keep all cores busy: pieces of work are of different lengths, and only many of them end at about the same time.
    package var busyRoundSize: Int { min(max(4, 2 * Parallel.workerCount), 32) }

    /// The most items that are in memory at any time, as content, prepared, or as products: four rounds of them.
    package var mostItems: Int { 4 * wholeRound }

    private var wholeRound: Int { (max(1, roundSize) + groupSize - 1) / groupSize * groupSize }

    /// Does the work on items `0..<count`.
    package func run(_ count: Int) throws {
        let read = read
        let reader = ReadAhead(count: count, capacity: wholeRound) { item in Result { try read(item) } }
        defer { reader.stop() }
        let writer = WriteBehind(count: count, capacity: wholeRound, write: write)
        do { try run(count, reader, writer) } catch {
            // A product that could not be written came before what was thrown here.
            try writer.finish()
            throw error
        }
        try writer.finish()
    }

    private typealias Reader = ReadAhead<Result<Content, any Error>>

    private func run(_ count: Int, _ reader: Reader, _ writer: WriteBehind<Product>) throws {
        var round = Round(items: 0..<0)
        while true {
            let next = round.items.upperBound..<min(count, round.items.upperBound + wholeRound)
            let (products, ready) = takeTurn(finishing: round, preparing: next, reader)
            for (item, product) in zip(round.items, products) {
                if case .success(let product) = product { try writer.append(product) }
                try collect(item, product)
            }
            if next.isEmpty { return }
            round = Round(items: next, ready: ready)
            try answer(&round)
        }
    }

    /// Some neighbouring items on their way.
    private struct Round {
        let items: Range<Int>
        var ready: [Result<Ready, any Error>] = []
        var answers: [Answer?] = []
    }

    private func answer(_ round: inout Round) throws {
        round.answers = round.items.map { _ in nil }
        for start in stride(from: 0, to: round.items.count, by: groupSize) {
            let places = start..<min(round.items.count, start + groupSize)
            let usable = places.filter { if case .success = round.ready[$0] { true } else { false } }
            if usable.isEmpty { continue }
            let group = try usable.map { (item: round.items.lowerBound + $0, ready: try round.ready[$0].get()) }
            let answers = try compute(group)
            precondition(answers.count == usable.count, "\(answers.count) answers for \(usable.count) items")
            for (place, answer) in zip(usable, answers) { round.answers[place] = answer }
        }
    }

    /// Finishes a round's items and prepares the next on all cores. The longer pieces of work come first, so that short ones fill up
    /// the end.
    private func takeTurn(
        finishing round: Round, preparing next: Range<Int>, _ reader: Reader
    ) -> (products: [Result<Product, any Error>], ready: [Result<Ready, any Error>]) {
        let products = Mutex([Result<Product, any Error>?](repeating: nil, count: round.items.count))
        let ready = Mutex([Result<Ready, any Error>?](repeating: nil, count: next.count))
        Self.share(round.items.count + next.count) { piece in
            if piece < round.items.count {
                let product = product(of: round, at: piece)
                products.withLock { $0[piece] = product }
            } else {
                let place = piece - round.items.count
                let item = next.lowerBound + place
                let result = Result { try prepare(item, reader.take(item).get()) }
                ready.withLock { $0[place] = result }
            }
        }
        return (products.withLock { $0.compactMap { $0 } }, ready.withLock { $0.compactMap { $0 } })
    }

    private func product(of round: Round, at place: Int) -> Result<Product, any Error> {
        Result {
            let ready = try round.ready[place].get()
            guard let answer = round.answers[place] else { preconditionFailure("item \(place) has no answer") }
            return try finish(round.items.lowerBound + place, ready, answer)
        }
    }

    /// Many pieces of work are a core's each; a single one shares the cores for its own loops.
    private static func share(_ count: Int, _ body: (Int) -> Void) {
        if count == 1 { return body(0) }
        Parallel.forEach(count) { piece, _ in Parallel.alone { body(piece) } }
    }
}
