import Inspection
import Testing

@Suite struct TargetTests {
    @Test func targetsWithTheSameTermsAreEqual() {
        #expect(Target("a", [.init("heatmap", [0, 1, 2])]) == Target("a", [.init("heatmap", [0, 1, 2], weight: 1)]))
    }
}
