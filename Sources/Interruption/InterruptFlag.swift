import Synchronization

/// A request to stop, raised by a signal or by a caller; jobs check it between two items (a training step, an image).
///
/// Jobs check ``current``. It is ``signals`` unless a caller puts a flag of its own in its place, so library users who want no signal handlers
/// write `InterruptFlag.$current.withValue(flag) { … }` and call ``raise()``; a program calls ``Signals/watch()``.
public final class InterruptFlag: Sendable {
    /// The flag that the running jobs check.
    @TaskLocal public static var current = InterruptFlag.signals
    /// The flag that the first SIGINT or SIGTERM raises.
    public static let signals = InterruptFlag(watchesSignals: true)

    private let raised = Atomic<Bool>(false)
    private let watchesSignals: Bool

    /// Creates a flag that is not raised.
    public convenience init() { self.init(watchesSignals: false) }

    private init(watchesSignals: Bool) { self.watchesSignals = watchesSignals }

    /// Whether the jobs were asked to stop.
    public var isRaised: Bool { raised.load(ordering: .relaxed) || watchesSignals && Signals.received != nil }

    /// Asks the jobs to stop after the current item.
    public func raise() { raised.store(true, ordering: .relaxed) }

    /// Ends the job if it was asked to stop.
    ///
    /// - Throws: ``Interrupted``.
    public func check() throws(Interrupted) {
        if isRaised { throw Interrupted() }
    }
}

/// The error of a job that was asked to stop.
public struct Interrupted: Error, Equatable, CustomStringConvertible {
    /// How many images are done, of how many; nil if the job does not count them.
    public let images: ImageCount?

    /// Images that are done.
    public struct ImageCount: Equatable, Sendable {
        let finished, all: Int
    }

    /// Creates the error.
    public init() { images = nil }

    /// Creates the error of a job that counts its images.
    public init(finished: Int, of count: Int) { images = ImageCount(finished: finished, all: count) }

    /// A sentence for the terminal.
    public var description: String {
        guard let images else { return "stopped before the end; what was not yet done is left undone" }
        return "stopped after \(images.finished) of \(images.all) images; the others are left undone"
    }
}
