import Boxes
import Testing

extension CatalogueUses {
    @Test func boxes() throws {
        let view = AffineMap.wholeImage(width: 640, height: 480, inputSize: 256)
        let object = Box<ImagePixels>(xMin: 100, yMin: 60, xMax: 300, yMax: 220)
        let inCells: Box<OutputCells> = view.followed(by: .outputStride(4))(object)
        let overlap = object.intersectionOverUnion(Box(xMin: 120, yMin: 60, xMax: 320, yMax: 220))
        #expect(abs(inCells.width - 20) < 1e-9 && abs(inCells.height - 16) < 1e-9)
        #expect(overlap > 0.8 && overlap < 0.82)
    }
}
