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
        // Test threads block signals; the process's main thread receives this one soon.
        kill(getpid(), signal)
        for _ in 0..<1000 where !flag.isRaised { usleep(1000) }
        #expect(flag.isRaised && !other.isRaised)
    }
}
