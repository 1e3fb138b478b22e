import Foundation
import Images
import TestSupport
import Testing
import Video

extension CatalogueUses {
    @Test func video() throws {
        let temporary = try TemporaryFolder()
        let folder = temporary.url
        for number in 1...3 {
            try Image(width: 16, height: 16, fill: (0, 0, 0)).writePNG(to: temporary.file("frame\(number).png"))
        }
        let source = try frameSource(at: folder.path, FrameSelection(every: 2))
        let reader = try source.frames()
        var frames: [Frame] = []
        while let frame = try reader.next() { frames.append(frame) }
        #expect(frames.map(\.name) == ["frame1", "frame3"])
    }
}
