import Foundation
import Testing
import Training

@Suite(.serialized) struct InterruptFlagTests {
    @Test func aCallerRaisesIt() {
        let (flag, other) = (InterruptFlag(), InterruptFlag())
        #expect(!flag.isRaised)
        flag.raise()
        #expect(flag.isRaised && !other.isRaised)
    }

    @Test(arguments: [SIGINT, SIGTERM]) func aSignalRaisesOnlyAFlagThatWatches(_ signal: Int32) {
        let (flag, other) = (InterruptFlag(), InterruptFlag())
        flag.watchSignals()
        defer { flag.stopWatching() }
        #expect(!flag.isRaised)
        // `raise` returns after the handler has run.
        raise(signal)
        #expect(flag.isRaised && !other.isRaised)
    }
}
