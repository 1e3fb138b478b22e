import Boxes
import DatasetFixtures
import Datasets
import Foundation
import TestSupport
import Testing

/// Tables with one row per object.
@Suite struct CSVFormatTests {
    private func load(_ tables: [String: String]) throws -> (TemporaryFolder, DatasetIndex) {
        let folder = try TemporaryFolder()
        for (index, name) in ["a", "b", "c"].enumerated() {
            try folder.image("images/\(name).jpg", red: UInt8(index))
        }
        for (name, table) in tables { try folder.write(table, to: name) }
        return (folder, try DatasetIndex(DatasetSource(root: folder.url)))
    }

    private func boxes(_ table: String) throws -> [Box<ImagePixels>] {
        let (_, index) = try load(["annotations.csv": table])
        #expect(index.format == .csv)
        return try index.dataset(split: "all").samples.first { $0.id == "a" }?.objects.map(\.box) ?? []
    }

    @Test(arguments: [
        "filename,width,height,class,xmin,ymin,xmax,ymax\na.jpg,40,30,cat,11,6,30,20\n",
        "\u{feff}Filename;Class;XMin;YMin;XMax;YMax\r\na.jpg;cat;11;6;30;20\r\n",
        "image_path\tlabel\tx_max\tx_min\ty_max\ty_min\nimages\\a.jpg\tcat\t30\t11\t20\t6\n",
        "\"image\",\"name\",\"xmin\",\"ymin\",\"xmax\",\"ymax\"\n\"/home/me/a.jpg\",\"cat\",11.0,6,30,20",
    ])
    func edgesWithVOCsNamesCountAsVOCs(_ table: String) throws { #expect(try boxes(table) == [box(10, 5, 30, 20)]) }

    @Test(arguments: [
        "images/a.jpg,10,5,30,20,cat\nimages/b.jpg,1,2,13,14,cat\n",
        "path,x1,y1,x2,y2,class_name\na.jpg,10,5,30,20,cat\n",
        "a.jpg,30,20,10,5,cat\n", "image_id,width,height,bbox,source\na,40,30,\"[10.0, 5.0, 20.0, 15.0]\",x\n",
        "label_name,bbox_x,bbox_y,bbox_width,bbox_height,image_name,image_width,image_height\ncat,10,5,20,15,a.jpg,40,30\n",
        "file,label,x,y,w,h\na.jpg,cat,10,5,20,15\n", "image,x,y,width,height,label\na.jpg,10,5,20,15,cat\n",
    ])
    func otherEdgesAreContinuous(_ table: String) throws { #expect(try boxes(table) == [box(10, 5, 30, 20)]) }

    @Test func rowsOfAnImageMayStandAnywhereAndOneWithoutABoxIsBackground() throws {
        let (_, index) = try load([
            "annotations.csv": "a.jpg,10,5,30,20,cat\nb.jpg,1,2,13,14,dog\nc.jpg,,,,,\na.jpg,2,3,14,15,dog\n",
            "classes.csv": "dog,0\ncat,1\n",
        ])
        let dataset = try index.dataset(split: "all")
        #expect(dataset.samples.map { $0.objects.map(\.className) } == [["cat", "dog"], ["dog"], []])
        #expect(index.classNames == ["cat", "dog"])
        #expect(index.categories.ids == [1, 0])
        #expect(dataset.problems.isEmpty)
    }

    @Test func filesAndColumnsSaySplits() throws {
        let header = "filename,width,height,class,xmin,ymin,xmax,ymax\n"
        let (_, index) = try load([
            "train_labels.csv": header + "a.jpg,40,30,cat,11,6,30,20\nb.jpg,40,30,cat,11,6,30,20\n",
            "test_labels.csv": header + "c.jpg,40,30,cat,11,6,30,20\n",
        ])
        #expect(try index.dataset(split: "train").samples.map(\.id) == ["a", "b"])
        #expect(try index.dataset(split: "test").samples.map(\.id) == ["c"])
        let (_, other) = try load([
            "boxes.csv": "image,split,label,x1,y1,x2,y2\na.jpg,train,cat,1,2,13,14\nb.jpg,validation,cat,1,2,13,14\n"
        ])
        #expect(try other.dataset(split: "val").samples.map(\.id) == ["b"])
    }

    @Test(arguments: [
        ("a.jpg,1,x,13,14,cat", DatasetRule.notANumber, "'x'"), ("a.jpg,1,nan,13,14,cat", .notANumber, "'nan'"),
        ("a.jpg,1,1e99,13,14,cat", .notANumber, "'1e99'"), ("a.jpg,1,,13,14,cat", .missingField, "top edge"),
        ("a.jpg,1,2,13", .missingField, "no class"), ("a.jpg,1,2,13,14,", .missingField, "no class"),
        ("a.jpg,,,,,cat", .missingField, "left edge"),
    ])
    func aBadRowCostsOneObject(_ row: String, _ rule: DatasetRule, _ words: String) throws {
        let (folder, index) = try load(["annotations.csv": "a.jpg,10,5,30,20,cat\n\(row)\nb.jpg,1,2,13,14,cat\n"])
        let dataset = try index.dataset(split: "all")
        let problem = try #require(dataset.problems.first)
        #expect(problem.rule == rule)
        #expect(problem.file == folder.file("annotations.csv"))
        #expect((problem.object, problem.line) == (2, 2))
        #expect(problem.message.contains(words), "\(problem.message)")
        #expect(dataset.samples.map(\.objects.count) == [1, 1])
    }

    @Test func oneClassIsCalledObject() throws {
        let (_, index) = try load(["train.csv": "image_id,width,height,bbox,source\na,40,30,\"[10, 5, 20, 15]\",x\n"])
        #expect(index.classNames == ["object"])
        #expect(index.findings.contains { $0.rule == .unnamedClasses })
    }

    /// Open Images has fractions of width and height.
    @Test func partsOfTheExtentsAreRecognized() throws {
        let (_, index) = try load([
            "validation-annotations-bbox.csv":
                "ImageID,Source,LabelName,Confidence,XMin,XMax,YMin,YMax,IsOccluded\na,x,/m/01,1,0.25,0.75,0.2,0.6,0\n"
        ])
        let sample = try #require(try index.dataset(split: "all").samples.first)
        #expect(sample.objects.map(\.className) == ["/m/01"])
        let found = try #require(sample.objects.first?.box)
        #expect(abs(found.xMin - 10) < 1e-9 && abs(found.yMax - 18) < 1e-9)
        #expect(index.findings.contains { $0.rule == .fractionalBoxes })
    }

    @Test func otherTablesAreNone() throws {
        for table in ["name,id\ncat,0\n", "image,label\na.jpg,cat\n", "epoch,loss\n1,0.5\n", "a.jpg\nb.jpg\n", ""] {
            #expect(throws: DatasetError.self, "\(table)") { try load(["annotations.csv": table]) }
        }
    }

    @Test func cutFilesAreReadAsFarAsTheyGo() throws {
        let whole = Array(
            "filename,class,xmin,ymin,xmax,ymax\r\n\"a.jpg\",\"big \"\"cat\"\"\",11,6,30,20\r\nb.jpg,dog,1,2,13,14\r\n"
                .utf8)
        let folder = try TemporaryFolder()
        for (index, name) in ["a", "b"].enumerated() { try folder.image("\(name).jpg", red: UInt8(index)) }
        for length in 0..<whole.count {
            try folder.write(whole.prefix(length), to: "train.csv")
            guard let index = try? DatasetIndex(DatasetSource(root: folder.url)) else { continue }
            #expect(try index.dataset(split: "all").samples.count <= 2)
        }
    }
}
