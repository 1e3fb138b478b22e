import Boxes
import Foundation
import Images
import TestSupport
import Testing
import Visualization

extension CatalogueUses {
    @Test func visualization() throws {
        let folder = try TemporaryFolder()
        let file = folder.file("found.png")
        let image = Image(width: 64, height: 48, fill: (200, 180, 40))
        let found = LabelledBox(
            box: Box(xMin: 8, yMin: 8, xMax: 40, yMax: 30), label: "cat 0.93", color: Palette.color(0))
        let drawing = drawBoxes(on: image, [found])
        try drawing.write(to: file, as: .png)
        let page = try drawing.pdf()
        #expect(try Image(contentsOf: file).width == drawing.width)
        #expect(page.starts(with: Data("%PDF".utf8)))
    }
}
