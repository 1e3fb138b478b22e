import ONNX
import Testing

@Suite struct ErrorTests {
    @Test func allThatIsMissingIsNamed() {
        let error = ONNXError.unsupported(["NonZero (at 'a', 'b')", "Loop (at 'c')"])
        #expect("\(error)".contains("NonZero (at 'a', 'b'); Loop (at 'c')"))
    }
}
