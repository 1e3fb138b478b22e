import Boxes
import Images
import Tensors
import Testing
import Visualization

@Suite struct DecodingSheetTests {
    private func drawing(width: Int = 64, height: Int = 48) -> DecodingSheet {
        DecodingSheet(
            title: "cells", image: Image(width: width, height: height, fill: (120, 120, 120)),
            heatmap: Tensor([2, 12, 16]), imageToCells: AffineMap(scaleX: 0.25, scaleY: 0.25),
            classNames: ["cat", "dog"], threshold: 0.3)
    }

    /// How many pixels have nearly the colour of a class.
    private func count(_ classIndex: Int, _ image: Image) -> Int {
        let color = Palette.color(classIndex).bytes
        return stride(from: 0, to: image.pixels.count, by: 3).count { start in
            abs(Int(image.pixels[start]) - Int(color.r)) < 12 && abs(Int(image.pixels[start + 1]) - Int(color.g)) < 12
                && abs(Int(image.pixels[start + 2]) - Int(color.b)) < 12
        }
    }

    @Test func everyPartIsSeen() throws {
        let empty = try drawing().draw().image()
        var full = drawing()
        full.heatmap[1, 4, 5] = 0.9
        full.peaks = [.init(classIndex: 1, row: 4, column: 5, rank: 1, box: Box(xMin: 3, yMin: 2, xMax: 8, yMax: 7))]
        let peak = try full.draw().image()
        #expect(peak.width == empty.width && peak.height == empty.height)
        // The legend's swatch alone, then the ring, the label and the cross as well.
        #expect(count(1, peak) > count(1, empty) + 300)
        full.boxes = [
            LabelledBox(
                box: Box(xMin: 12, yMin: 8, xMax: 32, yMax: 28), label: "1  0.90", color: Palette.color(1))
        ]
        let box = try full.draw().image()
        #expect(count(1, box) > count(1, peak) + 300)
        full.groundTruths = [
            LabelledBox(
                box: Box(xMin: 40, yMin: 8, xMax: 60, yMax: 28), label: "missed: no peak", color: Palette.color(0),
                dashed: true)
        ]
        let missed = try full.draw().image()
        #expect(count(0, missed) > count(0, box) + 300)
        full.marks = [.init(row: 4, column: 4, winner: .init(row: 4, column: 5)), .init(row: 10, column: 2)]
        #expect(try full.draw().image() != missed)
    }

    @Test func oddImagesAreDrawn() throws {
        var one = drawing(width: 1, height: 1)
        one.peaks = [
            .init(classIndex: 0, row: 0, column: 0, rank: 1, box: Box(xMin: -.infinity, yMin: 0, xMax: 1, yMax: 1)),
            .init(classIndex: 0, row: 11, column: 15, rank: 2, box: Box(xMin: -1e30, yMin: 0, xMax: 1e30, yMax: 1)),
        ]
        #expect(try one.draw().image().width > 0)
        #expect(try drawing(width: 400, height: 3).draw().image().width > 0)
        var wrong = drawing()
        wrong.classNames = ["cat"]
        #expect(throws: DrawingError.classCount(heatmap: 2, names: 1)) { try wrong.draw().image() }
    }
}
