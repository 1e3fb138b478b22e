import Foundation
import Tensors
import TestSupport
import Testing
import WeightFiles

@Suite struct WeightsReaderTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    @Test func tensorsAreMadeWhenAskedFor() throws {
        let header =
            #"{"module.a":{"dtype":"F16","shape":[2],"data_offsets":[0,4]},"b":{"dtype":"U8","shape":[1,3],"data_offsets":[4,7]},"#
            + #""num_batches_tracked":{"dtype":"U8","shape":[],"data_offsets":[7,8]},"__metadata__":{"k":"v"}}"#
        let url = try folder.write(header: header, numbers: [0, 0x3c, 0, 0xc0, 7, 8, 9, 1])
        let reader = try WeightsReader(url)
        #expect(reader.entries.map(\.name) == ["module.a", "b"] && reader.entries.map(\.shape) == [[2], [1, 3]])
        #expect(reader.metadata == ["k": "v"])
        // Any number of times, in any order.
        for _ in 0..<100 {
            #expect(try reader.tensor(1) == Tensor([1, 3], elements: [7, 8, 9]))
            #expect(try reader.tensor(0) == Tensor([2], elements: [1, -2]))
        }
        #expect(try WeightsFile.read(url).tensors.map(\.name) == reader.entries.map(\.name))
    }

    /// 1 GB of half-precision numbers, all hole, would be 2 GB as float32.
    @Test func anOutlineReadsTheHeaderOnly() throws {
        let size = 1 << 30
        let header = #"{"x":{"dtype":"F16","shape":[536870912],"data_offsets":[0,\#(size)]}}"#
        let url = try folder.write(header: header)
        #expect(truncate(url.path, off_t(8 + header.utf8.count + size)) == 0)
        let outline = try SafeTensorsOutline(contentsOf: url)
        #expect(outline.names == ["x"] && outline.shapes == ["x": [size / 2]])
        #expect(outline.tensor("y") == nil)
    }

    @Test(
        arguments: [
            #"{"x":{"dtype":"U8","shape":[1],"data_offsets":[0,1]},"x":{"dtype":"U8","shape":[1],"data_offsets":[1,2]}}"#,
            #"{"__metadata__":{"a":"b","a":"c"},"x":{"dtype":"U8","shape":[2],"data_offsets":[0,2]}}"#,
        ])
    func namesThatAppearTwiceAreRefused(header: String) throws {
        let url = try folder.write(header: header, numbers: [1, 2])
        let error = #expect(throws: WeightsError.self) { try SafeTensorsFile(contentsOf: url) }
        #expect(error?.description.contains("appears twice") == true)
    }
}
