import Testing
import Visualization

@Suite struct PaletteTests {
    @Test func noTwoClassesShareAColor() {
        let colors = (0..<400).map(Palette.color)
        #expect(colors == (0..<400).map(Palette.color), "a class keeps its colour")
        #expect(Set(colors.map { [$0.bytes.r, $0.bytes.g, $0.bytes.b] }).count == 400)
        // 0.02 is just noticeable to the eye; VOC has 20 classes and COCO 80.
        #expect(smallestDistance(colors.prefix(20)) > 0.08)
        #expect(smallestDistance(colors.prefix(80)) > 0.04)
    }

    private func smallestDistance(_ colors: some Collection<Color>) -> Double {
        let places = colors.map(OKLab.init)
        let distances = places.indices.flatMap { one in places[..<one].map { $0.distance(to: places[one]) } }
        return distances.min() ?? 0
    }

    @Test func everyColorCarriesTextAndLines() {
        for index in [-1, Int.min, Int.max] + Array(0..<400) {
            let color = Palette.color(index)
            #expect(color.contrast(with: color.textColor) > 4)
            #expect(color.onWhite.contrast(with: .white) >= 3)
        }
    }

    @Test func contrastsAreThoseOfWCAG() {
        #expect(abs(Color.black.contrast(with: .white) - 21) < 1e-9)
        #expect(abs(Color.red.contrast(with: .white) - 3.998) < 1e-3)
        #expect(Color.blue.contrast(with: .blue) == 1)
        #expect(Color(red: -1, green: 0.5, blue: 7).bytes == (0, 128, 255))
    }
}
