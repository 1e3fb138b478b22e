import Interruption
import Testing

/// Signals themselves concern the whole process, so the built program is sent them, in `ProgramTests`.
@Suite("Requests to stop")
struct InterruptFlagTests {
    @Test("A caller raises a flag of its own")
    func raised() throws {
        let (flag, other) = (InterruptFlag(), InterruptFlag())
        try flag.check()
        flag.raise()
        #expect(flag.isRaised && !other.isRaised && !InterruptFlag.signals.isRaised)
        #expect(throws: Interrupted.self) { try flag.check() }
    }

    @Test("A loop ends between two of its elements", arguments: [0, 2, 4])
    func loop(last: Int) throws {
        let flag = InterruptFlag()
        var seen: [Int] = []
        func count() throws {
            try (0..<5).forEachUntilInterrupted {
                seen.append($0)
                if $0 == last { flag.raise() }
            }
        }
        if last == 4 {
            try InterruptFlag.$current.withValue(flag) { try count() }
        } else {
            #expect(throws: Interrupted.self) { try InterruptFlag.$current.withValue(flag) { try count() } }
        }
        #expect(seen == Array(0...last))
    }
}
