import DatasetWriting
import Datasets
import Foundation
import Interruption
import Testing

@Suite("Writing a data set is interrupted")
struct InterruptedWritingTests {
    @Test("The items that are begun are finished, and the error names the folder")
    func interrupted() throws {
        let flag = InterruptFlag()
        let folder = URL(fileURLWithPath: "/somewhere/new")
        let error = #expect(throws: DatasetError.self) {
            try InterruptFlag.$current.withValue(flag) {
                try writeUntilInterrupted(1000, to: folder) { (_) throws(DatasetError) in flag.raise() }
            }
        }
        #expect(error?.description.contains("the folder is incomplete") == true)
        #expect(error?.description.contains("/somewhere/new") == true)
    }
}
