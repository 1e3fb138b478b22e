import DatasetFixtures
import Datasets
import Foundation
import TestSupport
import Testing

/// Files of every format with some bytes changed: the program must not crash.
@Suite struct FormatFuzzTests {
    private static let seeds: [(name: String, text: String)] = [
        ("a.txt", "0 0.5 0.5 0.25 0.2\n1 0.1 0.2 0.3 0.4 0.5 0.6\n0 0.5 0.5 0.2 0.2 0.4 0.4 2\n"),
        (
            "data.yaml",
            "path: .\ntrain: [., a.txt]\nval: ../x\nnc: 2\nnames: {0: cat, 1: 'dog'}\nkpt_shape: [1, 3]\nflip_idx: [0]\n"
        ),
        (
            "a.json",
            #"{"version": "5.2.1", "shapes": [{"label": "cat", "points": [[1, 2], [30.5, 4e0]], "shape_type": "rectangle"}], "imagePath": "a.jpg"}"#
        ),
        (
            "b.xml",
            #"<annotations><meta><label><name>cat</name></label></meta><image name="a.jpg" width="40" height="30"><box label="cat" xtl="1" ytl="2" xbr="9" ybr="8" rotation="9"/><polygon label="cat" points="1,2;3,4;9,8"/></image></annotations>"#
        ),
        (
            "c.json",
            #"[{"image": "a.jpg", "annotations": [{"label": "cat", "coordinates": {"x": 9, "y": 8, "width": 7.5, "height": 6}}]}]"#
        ),
        (
            "d.csv",
            "filename,width,height,class,xmin,ymin,xmax,ymax\na.jpg,40,30,cat,1,2,13,14\n\"a.jpg\",40,30,dog,5,6,23,24\n"
        ),
    ]

    private static let pieces = [
        "-", "0", "9", "e", "1e308", "nan", ".", ",", ";", "\"", "'", "[", "]", "{", "}", "<", ">", "/", "&", "\n",
        "\t", " ", "\0",
        "\u{feff}", "é", "*a", "&a ", ": ", "- ", "null", "-0", "99999999999999999999",
    ].map { Array($0.utf8) }

    @Test(arguments: seeds.indices)
    func changedBytesEndNothing(_ seed: Int) throws {
        var generator = ByteChanges(state: UInt64(seed) + 1)
        let folder = try TemporaryFolder()
        try folder.image("a.jpg")
        if seed == 1 { try folder.write(Self.seeds[0].text, to: "a.txt") }
        let original = Array(Self.seeds[seed].text.utf8)
        for _ in 0..<300 {
            var bytes = original
            for _ in 0..<Int.random(in: 1...4, using: &generator) {
                let place = Int.random(in: 0...bytes.count, using: &generator)
                let end = min(bytes.count, place + Int.random(in: 0...3, using: &generator))
                bytes.replaceSubrange(place..<end, with: Self.pieces.randomElement(using: &generator) ?? [])
            }
            try folder.write(bytes, to: Self.seeds[seed].name)
            guard let index = try? DatasetIndex(DatasetSource(root: folder.url)),
                let dataset = try? index.dataset(split: "all")
            else { continue }
            for object in dataset.samples.flatMap(\.objects) {
                #expect(object.box.isFinite && !object.box.isEmpty && object.box.xMax <= 40 && object.box.yMax <= 30)
            }
        }
    }
}

/// A small generator, so that every run changes the same bytes.
private struct ByteChanges: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        var value = state
        value = (value ^ (value >> 33)) &* 0xff51_afd7_ed55_8ccd
        return value ^ (value >> 33)
    }
}
