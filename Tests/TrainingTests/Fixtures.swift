import Boxes
import Datasets
import Foundation
import Graphs
import Images
import Networks
import Synchronization
import Tensors
import Training

/// An operator that only has parameters, for tests of what happens between passes.
struct Holder: Operator {
    static let kind = "Holder"
    let parameters: [ParameterDeclaration]

    func outputShape(_ inputs: [[Int]]) throws(ShapeError) -> [Int] { inputs[0] }
    func forward(_ call: ForwardCall) {}
    func backward(_ call: BackwardCall) {}

    static func graph(_ parameters: [ParameterDeclaration]) -> Graph {
        var graph = Graph()
        let input = graph.input("image")
        graph.output("image", graph.add("holder", Holder(parameters: parameters), input))
        return graph
    }
}

let fixtureClasses = ["blue", "red"]

/// Images of one or two bright rectangles each, on dark noise.
func rectangles(in folder: URL, count: Int, seed: UInt64 = 7, split: String = "train") throws -> DetectionDataset {
    let samples = try (0..<count).map { index in
        var random = SeededGenerator(seed, index)
        var image = Image(width: 80, height: 64, fill: (0, 0, 0))
        for y in 0..<image.height {
            for x in 0..<image.width {
                let gray = UInt8(random.integer(in: 20...60))
                image[x, y] = (gray, gray, gray)
            }
        }
        // One rectangle on the left, and sometimes one on the right: they never overlap.
        var objects: [AnnotatedObject] = []
        for left in [2, 42] where left == 2 || random.chance(0.6) {
            let classIndex = random.integer(in: 0...1)
            let (width, height) = (random.integer(in: 12...28), random.integer(in: 12...40))
            let (x0, y0) = (left + random.integer(in: 0...8), random.integer(in: 2...20))
            for y in y0..<y0 + height {
                for x in x0..<x0 + width { image[x, y] = classIndex == 0 ? (30, 60, 240) : (240, 50, 30) }
            }
            objects.append(
                AnnotatedObject(
                    classIndex: classIndex, className: fixtureClasses[classIndex],
                    box: Box(
                        xMin: Double(x0), yMin: Double(y0), xMax: Double(x0 + width), yMax: Double(y0 + height)),
                    difficult: false, truncated: false))
        }
        let file = folder.appendingPathComponent("\(split)-\(index).png")
        try image.writePNG(to: file)
        return Sample(
            id: "\(split)-\(index)", imageURL: file, annotationURL: nil, objects: objects, width: 80, height: 64)
    }
    return DetectionDataset(classNames: fixtureClasses, samples: samples, split: split)
}

/// The smallest network at the smallest size that trains.
func smallModel(seed: UInt64 = 3) throws -> Model {
    try Model(
        network: NetworkConfiguration(name: "compact", classCount: 2, headChannels: 16), classNames: fixtureClasses,
        inputSize: 64, seed: seed)
}
