import Images
import Testing

@Suite struct ImageTests {
    @Test func pixelsAreRowsOfRedGreenBlue() {
        var image = Image(width: 3, height: 2, pixels: Array(0..<18))
        #expect(image[1, 0] == (3, 4, 5))
        #expect(image[2, 1] == (15, 16, 17))
        image[0, 1] = (100, 101, 102)
        #expect(image.pixels[9...11] == [100, 101, 102])
        #expect(Image(width: 2, height: 2, fill: (7, 8, 9)).pixels == [7, 8, 9, 7, 8, 9, 7, 8, 9, 7, 8, 9])
    }

    @Test func resizingToTheSameSizeChangesNothing() {
        let image = Image.noise(13, 7)
        #expect(image.resized(width: 13, height: 7) == image)
    }

    @Test(arguments: [(1, 1), (5, 40), (40, 5), (200, 3), (640, 480)])
    func oneColourStaysItself(width: Int, height: Int) {
        let image = Image(width: 17, height: 23, fill: (255, 1, 128))
        let resized = image.resized(width: width, height: height)
        #expect(resized == Image(width: width, height: height, fill: (255, 1, 128)))
    }

    @Test func doublingBlendsNeighbours() {
        let image = Image(width: 2, height: 1, pixels: [0, 0, 0, 200, 100, 40])
        let wide = image.resized(width: 4, height: 1)
        #expect(wide.pixels == [0, 0, 0, 50, 25, 10, 150, 75, 30, 200, 100, 40])
    }

    @Test func everyPixelCountsWhereTheImageShrinks() {
        // One white pixel in a hundred, wherever it is, must not vanish.
        for place in [(0, 0), (44, 31), (99, 99)] {
            var image = Image(width: 100, height: 100, fill: (0, 0, 0))
            image[place.0, place.1] = (255, 255, 255)
            let small = image.resized(width: 10, height: 10)
            #expect(small.pixels.contains { $0 > 0 })
        }
        let noise = Image.noise(300, 200)
        let mean = noise.resized(width: 1, height: 1)[0, 0]
        for channel in [mean.r, mean.g, mean.b] { #expect((120...135).contains(channel)) }
    }

    @Test func mirroringAndResizingMayChangePlaces() {
        let image = Image.noise(37, 29)
        func mirrored(_ image: Image) -> Image {
            var result = image
            for y in 0..<image.height {
                for x in 0..<image.width { result[x, y] = image[image.width - 1 - x, y] }
            }
            return result
        }
        for (width, height) in [(80, 11), (9, 60)] {
            let one = mirrored(image.resized(width: width, height: height))
            #expect(one.difference(to: mirrored(image).resized(width: width, height: height)) <= 1)
        }
    }
}
