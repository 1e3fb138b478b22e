import Interruption
import Testing

extension CatalogueUses {
    @Test func interruption() throws {
        let flag = InterruptFlag()
        var finished: [Int] = []
        do {
            try InterruptFlag.$current.withValue(flag) {
                try [1, 2, 3].forEachUntilInterrupted { item in
                    finished.append(item)
                    if item == 2 { flag.raise() }
                }
            }
        } catch let interrupted as Interrupted {
            print(interrupted)
        }
        #expect(finished == [1, 2])
    }
}
