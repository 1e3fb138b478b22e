import Foundation
import Synchronization

/// A wish to stop, raised by a signal or by a caller, that training looks at after each step.
///
/// A library user who wants no signal handlers makes a flag and raises it; a program calls ``watchSignals()``.
public final class InterruptFlag: Sendable {
    private let raised = Atomic<Bool>(false)
    private let watches = Atomic<Bool>(false)

    /// A flag that is down.
    public init() {}

    /// Whether somebody wants the run to stop.
    public var isRaised: Bool {
        raised.load(ordering: .relaxed)
            || (watches.load(ordering: .relaxed) && signalCount.load(ordering: .relaxed) > 0)
    }

    /// Asks the run to stop after the step that it is in.
    public func raise() { raised.store(true, ordering: .relaxed) }

    /// From now on the first SIGINT or SIGTERM raises the flag, and the second ends the process at once with status 130.
    ///
    /// The handlers belong to the process, so only its owner, the program, should call this.
    public func watchSignals() {
        // A global is set up at its first use, which must not happen inside a signal handler.
        signalCount.store(0, ordering: .relaxed)
        watches.store(true, ordering: .relaxed)
        var action = sigaction()
        action.__sigaction_handler.sa_handler = { _ in
            if signalCount.wrappingAdd(1, ordering: .relaxed).oldValue > 0 { _exit(130) }
        }
        // System calls that were under way go on, so that a file half written is not taken for a full disk.
        action.sa_flags = SA_RESTART
        var signals = sigset_t()
        sigemptyset(&signals)
        for signal in [SIGINT, SIGTERM] {
            sigaction(signal, &action, nil)
            sigaddset(&signals, signal)
        }
        // Whoever started this process from a thread that blocks signals, as dispatch's workers do, passed that on.
        pthread_sigmask(SIG_UNBLOCK, &signals, nil)
    }

    /// Gives both signals back to the system's default handlers.
    public func stopWatching() {
        for number in [SIGINT, SIGTERM] { signal(number, SIG_DFL) }
        watches.store(false, ordering: .relaxed)
    }
}

/// How many signals came since watching began; handlers can reach nothing but globals.
private let signalCount = Atomic<Int>(0)
