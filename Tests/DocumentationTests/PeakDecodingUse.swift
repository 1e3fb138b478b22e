import Boxes
import PeakDecoding
import Tensors
import Testing

extension CatalogueUses {
    @Test func peakDecoding() throws {
        var heatmap = Tensor([1, 2, 8, 8])
        heatmap[0, 1, 3, 5] = 0.9
        let size = Tensor([1, 2, 8, 8], repeating: 2)
        let offset = Tensor([1, 2, 8, 8], repeating: 0.5)
        let inCells = PeakDecoder(maximumDetections: 10).decode(probabilities: heatmap, size: size, offset: offset)
        let inInput = inCells.map { $0.mapped(by: AffineMap<OutputCells, InputPixels>(scaleX: 4, scaleY: 4)) }
        #expect(inCells.count == 1 && inCells[0].classIndex == 1)
        #expect(inInput[0].box == Box(xMin: 18, yMin: 10, xMax: 26, yMax: 18))
    }
}
