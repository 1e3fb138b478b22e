import Tensors
import Testing

extension CatalogueUses {
    @Test func tensors() throws {
        var random = SeededGenerator(7)
        var noise = Tensor([2, 3], elements: (0..<6).map { _ in Float(random.normal()) })
        noise[1, 2] = 0.5
        let file = noise.npyData()
        let same = try Tensor(npy: file)
        #expect(same == noise && same[1, 2] == 0.5)
    }
}
