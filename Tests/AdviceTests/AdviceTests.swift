import Advice
import Experiments
import Foundation
import JSON
import TestSupport
import Testing

@Suite("Advice from the facts of a data set")
struct AdviceTests {
    private func facts(
        images: Int = 1000, side: Double = 0.2, imageSide: Int? = 640, classes: [DatasetFacts.Class]? = nil
    ) -> DatasetFacts {
        DatasetFacts(
            classes: classes ?? [one("cell", smallSide: side)], trainingImages: images, validationImages: images / 4,
            imageSide: imageSide)
    }

    private func one(
        _ name: String, training: Int = 500, validation: Int = 100, smallSide: Double? = 0.2
    ) -> DatasetFacts.Class {
        DatasetFacts.Class(
            name: name, trainingObjects: training, trainingImages: training, validationObjects: validation,
            smallSide: smallSide)
    }

    private func advice(
        _ facts: DatasetFacts, multiple: Int = 32, ceiling: @escaping (Int) -> Double = { _ in 1 }
    ) -> Advice {
        Advice(facts, multiple: multiple, ceiling: ceiling)
    }

    private func reason(_ key: String, _ advice: Advice) -> String {
        advice.choices.first { $0.key == key }?.reason ?? ""
    }

    @Test("Large objects and a whole ceiling take the smallest input")
    func largeObjects() { #expect(advice(facts()).inputSize == 128) }

    @Test("Small objects keep two output cells", arguments: [(0.05, 160), (0.035, 256), (0.0125, 640)])
    func smallObjects(side: Double, size: Int) {
        let advice = advice(facts(side: side))
        #expect(advice.inputSize == size)
        #expect(side * Double(advice.inputSize) / 4 >= 2)
        #expect(reason("input.size", advice).contains("'cell'"))
    }

    @Test("The smallest class decides, not the most frequent one")
    func smallestClass() {
        let classes = [one("large", training: 9000), one("tiny", training: 40, smallSide: 0.02)]
        #expect(advice(facts(classes: classes)).inputSize == 448)
    }

    @Test("A ceiling that is not whole takes the next larger input, and says so")
    func ceiling() {
        let advice = advice(facts()) { $0 < 224 ? 0.9 : 1 }
        #expect(advice.inputSize == 224)
        #expect(reason("input.size", advice).contains("at 192"))
        #expect(reason("input.size", advice).contains("0.900"))
    }

    @Test("Where no input loses nothing, the smallest with the best ceiling is taken, and small objects still count")
    func noWholeCeiling() {
        let limited = advice(facts(side: 0.035)) { $0 < 192 ? 0.5 : 0.94 }
        #expect(limited.inputSize == 256)
        #expect(reason("input.size", limited).contains("cutting the images"))
        let tiny = advice(facts(side: 0.001))
        #expect(tiny.inputSize == 768)
    }

    @Test("Images are enlarged at most twice, and the network's multiple is kept")
    func candidates() {
        #expect(advice(facts(side: 0.001, imageSide: 128)).inputSize == 256)
        #expect(advice(facts(imageSide: 16)).inputSize == 128)
        #expect(advice(facts(side: 0.05), multiple: 128).inputSize == 256)
        #expect(advice(facts(imageSide: nil)).inputSize == 128)
    }

    @Test("A training that nobody planned takes no smaller input than usual, unless the images are smaller")
    func unplanned() {
        #expect(advice(facts()).inputSize(usual: 256, multiple: 32) == 256)
        #expect(advice(facts(side: 0.0125)).inputSize(usual: 256, multiple: 32) == 640)
        #expect(advice(facts(imageSide: 150)).inputSize(usual: 256, multiple: 32) == 160)
        #expect(advice(facts(imageSide: nil)).inputSize(usual: 256, multiple: 128) == 256)
    }

    @Test("A data set without objects still gets settings")
    func noObjects() {
        let advice = advice(facts(classes: [])) { _ in -1 }
        #expect(advice.inputSize == 128)
        #expect(advice.remarks.isEmpty)
    }

    @Test("Few images get small batches, more epochs and more augmentation")
    func fewImages() {
        let few = advice(facts(images: 40))
        #expect(few.batchSize == 4 && few.epochs == 150 && few.stepsPerEpoch == 10)
        #expect(few.choices.contains { $0.key == "augmentation.preset" && $0.value == "small-data" })
        let many = advice(facts(images: 5000))
        #expect(many.batchSize == 8 && many.epochs == 20)
        #expect(many.choices.contains { $0.key == "augmentation.preset" && $0.value == "published" })
        #expect(advice(facts(images: 1)).batchSize == 1)
        // 205 images in batches of 8 are 25 steps.
        #expect(advice(facts(images: 205)).epochs == 80)
        #expect(advice(facts(side: 0.0125)).batchSize == 4)
    }

    @Test("Many small objects that lie in all directions are taken for views from above")
    func aerial() {
        var facts = facts()
        (facts.objectsPerImage, facts.typicalSide, facts.wideShare) = (30, 0.03, 0.5)
        #expect(advice(facts).choices.contains { $0.value == "aerial" })
        facts.wideShare = 0.1
        #expect(!advice(facts).choices.contains { $0.value == "aerial" })
    }

    @Test("Only --minutes makes the epochs depend on the machine")
    func minutes() {
        var timed = advice(facts(images: 800))
        let usual = timed.epochs
        timed.fit(secondsPerStep: 100, minutes: nil)
        #expect(timed.epochs == usual)
        #expect(timed.seconds.map { abs($0 - 100 * 100 * Double(usual) * 1.15) < 1e-6 } == true)
        // An epoch takes 100 steps of 0.1 s and a seventh more.
        timed.fit(secondsPerStep: 0.1, minutes: 2)
        #expect(timed.epochs == 10)
        #expect(reason("training.epochs", timed).contains("2 minutes"))
        timed.fit(secondsPerStep: 100, minutes: 1)
        #expect(timed.epochs == 1)
        var fast = advice(facts(images: 800))
        fast.fit(secondsPerStep: 1e-9, minutes: 60)
        #expect(fast.epochs == 2 * usual)
    }

    @Test(
        "Two names of one class",
        arguments: [
            ("rbc", "RBC", 0.5), ("white cell", "white_cell", 0.9), ("cars", "car", 0.8), ("Platlet", "Platelet", 0.01),
            ("platelit", "platelet", 0.01),
        ])
    func sameName(rare: String, common: String, share: Double) {
        let (few, many) = (Int(share * 1000), 1000)
        let advice = advice(
            facts(classes: [one(rare, training: few, validation: 0), one(common, training: many, validation: 0)]))
        #expect(advice.remarks.first?.contains("look like one class") == true, "\(advice.remarks)")
        // Not left out: renaming is the remedy.
        #expect(!advice.choices.contains { $0.key == "dataset.classes" })
    }

    @Test(
        "Names that differ on purpose",
        arguments: [
            ("RBC", "WBC"), ("class1", "class2"), ("type10", "type1"), ("man", "men"), ("square", "circle"), ("+", "-"),
        ])
    func otherName(first: String, second: String) {
        let advice = advice(facts(classes: [one(first, training: 20), one(second, training: 900)]))
        #expect(advice.remarks.isEmpty, "\(advice.remarks)")
    }

    @Test("Rare classes are left out, those never validated are named")
    func classes() throws {
        let advice = advice(
            facts(classes: [one("a dog"), one("bird", training: 3), one("cat", validation: 0)]))
        let choice = try #require(advice.choices.first { $0.key == "dataset.classes" })
        #expect(choice.value == .array([.string("a dog"), .string("cat")]))
        #expect(choice.reason.contains("'bird' (3 in training)"))
        #expect(advice.remarks.count == 1 && advice.remarks[0].contains("'cat' is not in the validation split"))
    }

    @Test("The experiment file is one that is read back, whatever the classes are called")
    func file() throws {
        let hostile = "x\n}, // \"\u{202e}*/"
        var advice = advice(
            facts(images: 205, classes: [one(hostile, training: 3), one("RBC"), one("Rbc"), one(hostile + "2")]))
        advice.fit(secondsPerStep: 0.2, minutes: nil)
        let folder = try TemporaryFolder()
        let file = folder.file("cells.json")
        let text = advice.experiment(root: "/data/\"cells\"", file: "cells.json")
        try Data(text.utf8).write(to: file)
        let experiment = try Experiment(contentsOf: file)
        #expect(experiment.name == "cells" && experiment.dataset.root == "/data/\"cells\"")
        #expect(
            experiment.input.size.description == "\(advice.inputSize)" && experiment.training.epochs == advice.epochs)
        #expect(experiment.training.batchSize == advice.batchSize)
        #expect(experiment.training.augmentation.preset.rawValue == "small-data")
        #expect(experiment.dataset.classes == ["RBC", "Rbc", hostile + "2"])
        // Each reason is a comment, and each line one line.
        #expect(text.contains("// 205 training images"))
        #expect(text.split(separator: "\n").allSatisfy { $0.count <= 200 })
        #expect(advice.text.contains("input.size = \(advice.inputSize)\n  "))
        #expect(!advice.text.contains("\u{202e}"))
    }
}
