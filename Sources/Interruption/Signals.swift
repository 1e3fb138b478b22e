import Foundation
import Synchronization
import Tensors

/// SIGINT and SIGTERM.
///
/// A loop that checks ``InterruptFlag/current`` runs inside ``whilePolling(_:)``. There the first signal raises ``InterruptFlag/signals``, and
/// the loop ends after its current item; the second signal ends the process at once. Everywhere else the first one does. So no signal is
/// ever swallowed: code that says nothing about signals is ended by them.
public enum Signals {
    /// The signal that asked to stop; nil if none did.
    public static var received: Int32? {
        let number = lastSignal.load(ordering: .relaxed)
        return number == 0 ? nil : Int32(number)
    }

    /// The exit code of a process that a signal ended, as in a shell: 130 or 143.
    public static func exitCode(_ signal: Int32) -> Int32 { 128 + signal }

    /// Installs the handlers. They are global to the process, so only the program calls this function.
    ///
    /// Handlers instead of the default action, since the first process of a container has no default action.
    public static func watch() {
        // Globals are initialized at first use, which must not happen inside a signal handler.
        lastSignal.store(0, ordering: .relaxed)
        _ = pollerCount.load(ordering: .relaxed)
        TemporaryFiles.removeAll()
        sayAtEnd("stopped")
        var action = sigaction()
        action.__sigaction_handler.sa_handler = handle
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

    /// Sets the sentence that is printed when a signal ends the process at once.
    public static func sayAtEnd(_ sentence: String) {
        // The handler may be reading the old one, so it is never freed; there are only a few.
        guard let text = strdup("pinpoint: \(sentence)\n") else { return }
        lastWords.store(UInt(bitPattern: text), ordering: .releasing)
    }

    /// Runs a loop that checks ``InterruptFlag/current`` after each item.
    public static func whilePolling<Value, Failure: Error>(
        _ loop: () throws(Failure) -> Value
    ) throws(Failure) -> Value {
        pollerCount.add(1, ordering: .sequentiallyConsistent)
        defer { pollerCount.subtract(1, ordering: .sequentiallyConsistent) }
        return try loop()
    }
}

extension Sequence {
    /// Calls `body` for each element on this thread, and stops between two of them when the user asks for it.
    ///
    /// - Throws: ``Interrupted``, and the errors of `body`.
    public func forEachUntilInterrupted(_ body: (Element) throws -> Void) throws {
        let flag = InterruptFlag.current
        try Signals.whilePolling {
            for element in self {
                try flag.check()
                try body(element)
            }
        }
    }
}

// Globals, because signal handlers can access nothing else.
private let lastSignal = Atomic<Int>(0)
private let pollerCount = Atomic<Int>(0)
private let lastWords = Atomic<UInt>(0)

/// Does only what a signal handler may do: atomics, `write`, `unlink` and `_exit`.
private func handle(_ signal: Int32) {
    let isFirst = lastSignal.exchange(Int(signal), ordering: .relaxed) == 0
    if isFirst && pollerCount.load(ordering: .sequentiallyConsistent) > 0 { return }
    if let text = UnsafePointer<CChar>(bitPattern: lastWords.load(ordering: .acquiring)) {
        _ = write(STDERR_FILENO, text, strlen(text))
    }
    TemporaryFiles.removeAll()
    _exit(128 + signal)
}
