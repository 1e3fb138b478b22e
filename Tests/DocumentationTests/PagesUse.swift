import Boxes
import Images
import Pages
import Testing

extension CatalogueUses {
    @Test func pages() throws {
        let image = Image(width: 48, height: 48, fill: (200, 180, 40))
        var inspected = InspectedImage(name: "cat.jpg", image: image, inputExtent: InputExtent(side: 64))
        inspected.detections = [
            InspectedDetection(classIndex: 0, score: 0.9, box: Box(xMin: 4, yMin: 8, xMax: 30, yMax: 40))
        ]
        let html = try InspectorPage(title: "One image", classNames: ["cat"], images: [inspected]).html()
        #expect(html.contains("One image") && html.contains("cat.jpg"))
    }
}
