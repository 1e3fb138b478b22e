import DatasetFixtures
import Datasets
import Foundation
import TestSupport
import Testing

@Suite struct COCOSizeTests {
    let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private func message() throws -> String {
        let error = #expect(throws: DatasetError.self) { try folder.index() }
        return error.map { "\($0)" } ?? ""
    }

    /// Entries of two bytes would otherwise become reports of hundreds.
    @Test(arguments: ["images", "annotations"]) func entriesThatSayNothingAreRefusedInTheEnd(list: String) throws {
        let other = list == "images" ? "annotations" : "images"
        let entries = String(repeating: "0,", count: 100_001) + "0"
        try folder.write(
            #"{"categories":[{"id":1,"name":"a"}],"\#(other)":[],"\#(list)":["# + entries + "]}", to: "data.json")
        #expect(try message().contains("more than 100000 of its entries are no images and no annotations"))
    }

    /// A list of a megabyte in place of a number is skipped, not built.
    @Test func listsInPlaceOfNumbersAreSkipped() throws {
        try folder.image("a.jpg")
        let list = "[" + String(repeating: "1,", count: 1 << 20) + "1]"
        try folder.write(
            #"{"info":{"x":\#(list)},"images":[{"id":1,"file_name":"a.jpg","width":\#(list)}],"categories":[{"id":1,"name":"a"}],"#
                + #""annotations":[{"id":\#(list),"image_id":1,"category_id":1,"bbox":[1,2,3,4],"area":\#(list)}]}"#,
            to: "data.json")
        let data = try folder.index().dataset(split: "all")
        #expect(data.samples.map(\.objects.count) == [1] && data.samples[0].objects[0].area == nil)
    }

    /// A category of more than a megabyte is not one of any data set.
    @Test func aHugeCategoryIsRefused() throws {
        let list = "[" + String(repeating: "1,", count: 1 << 20) + "1]"
        try folder.write(
            #"{"images":[{"id":1,"file_name":"a.jpg"}],"annotations":[],"categories":[{"id":1,"name":"a","x":\#(list)}]}"#,
            to: "data.json")
        #expect(try message().contains("a single value takes more than 1048576 bytes"))
    }

    /// The zeros of a hole look like UTF-16, which is decoded as a whole.
    @Test func aHoleIsNotDecoded() throws {
        try folder.image("a.jpg")
        let url = try folder.write("", to: "data.json")
        #expect(truncate(url.path, 8 << 30) == 0)
        #expect(throws: DatasetError.self) { try folder.index() }
    }
}
