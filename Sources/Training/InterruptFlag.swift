import Foundation
import Synchronization

/// A request to stop training, raised by a signal or by a caller; training checks it after each step.
///
/// Library users who want no signal handlers call ``raise()``; a program calls ``watchSignals()``.
public final class InterruptFlag: Sendable {
    private let raised = Atomic<Bool>(false)
    private let watches = Atomic<Bool>(false)

    /// Creates a flag that is not raised.
    public init() {}

    /// Whether the run was asked to stop.
    public var isRaised: Bool {
        raised.load(ordering: .relaxed)
            || (watches.load(ordering: .relaxed) && signalCount.load(ordering: .relaxed) > 0)
    }

    /// Asks the run to stop after the current step.
    public func raise() { raised.store(true, ordering: .relaxed) }

    /// Installs signal handlers: the first SIGINT or SIGTERM raises the flag, and the second ends the process at once with status 130.
    ///
    /// Signal handlers are global to the process, so only the program should call this function.
    public func watchSignals() {
        // Globals are initialized at first use, which must not happen inside a signal handler.
        signalCount.store(0, ordering: .relaxed)
        watches.store(true, ordering: .relaxed)
        var action = sigaction()
        action.__sigaction_handler.sa_handler = { _ in
            if signalCount.wrappingAdd(1, ordering: .relaxed).oldValue > 0 { _exit(130) }
        }
        // Interrupted system calls are restarted, so that an interrupted write is not taken for a full disk.
        action.sa_flags = SA_RESTART
        var signals = sigset_t()
        sigemptyset(&signals)
        for signal in [SIGINT, SIGTERM] {
            sigaction(signal, &action, nil)
            sigaddset(&signals, signal)
        }
        // A process started from a thread that blocks signals, as dispatch's worker threads do, inherits that mask.
        pthread_sigmask(SIG_UNBLOCK, &signals, nil)
    }

    /// Restores the system's default handlers of both signals.
    public func stopWatching() {
        for number in [SIGINT, SIGTERM] { signal(number, SIG_DFL) }
        watches.store(false, ordering: .relaxed)
    }
}

/// The number of signals since watching began; a global, because signal handlers can access nothing else.
private let signalCount = Atomic<Int>(0)
