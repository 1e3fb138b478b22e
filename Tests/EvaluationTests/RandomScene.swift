import Boxes
import Evaluation
import Tensors

/// Random objects and detections near them, on a coarse grid of positions and scores so that ties are common.
struct RandomScene {
    var groundTruths: [GroundTruthBox] = []
    var detections: [ScoredBox] = []
    let classCount: Int, imageCount: Int

    init(
        seed: UInt64, classCount: Int = 3, imageCount: Int = 4, perImage: Int = 6, detectionsPerImage: Int = 25,
        scores: Int = 8, crowds: Bool = true
    ) {
        var random = SeededGenerator(seed)
        (self.classCount, self.imageCount) = (classCount, imageCount)
        for image in 0..<imageCount {
            var own: [GroundTruthBox] = []
            for _ in 0..<random.integer(in: 0...perImage) {
                let (x, y) = (Double(random.integer(in: 0...20)) * 10, Double(random.integer(in: 0...20)) * 10)
                // Sides of 16, 32, 64, 96 and 128, of which two are the limits of COCO's sizes.
                let sides = [16.0, 32, 64, 96, 128]
                own.append(
                    GroundTruthBox(
                        image: image, classIndex: random.integer(in: 0...classCount - 1),
                        box: Box(
                            xMin: x, yMin: y, xMax: x + sides[random.integer(in: 0...4)],
                            yMax: y + sides[random.integer(in: 0...4)]),
                        difficult: random.chance(0.2), crowd: crowds && random.chance(0.15),
                        area: random.chance(0.2) ? random.uniform(0, 20_000) : nil))
            }
            for _ in 0..<random.integer(in: 0...detectionsPerImage) {
                var box = Box<ImagePixels>(xMin: 40, yMin: 40, xMax: 90, yMax: 110)
                var classIndex = random.integer(in: 0...classCount - 1)
                if !own.isEmpty, random.chance(0.9) {
                    let groundTruth = own[random.integer(in: 0...own.count - 1)]
                    box = groundTruth.box
                    if random.chance(0.8) { classIndex = groundTruth.classIndex }
                }
                box.xMin += Double(random.integer(in: -2...2)) * 4
                box.yMax += Double(random.integer(in: -2...2)) * 4
                detections.append(
                    ScoredBox(
                        image: image, classIndex: classIndex, box: box,
                        score: Double(random.integer(in: 0...scores)) / Double(scores)))
            }
            groundTruths += own
        }
        // Detections are in random order.
        detections.shuffle(using: &random)
    }

    func report() -> AveragePrecisionReport {
        averagePrecision(
            groundTruth: groundTruths, detections: detections, classCount: classCount, imageCount: imageCount)
    }
}
