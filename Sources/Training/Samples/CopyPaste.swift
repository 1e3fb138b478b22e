import Boxes
import Datasets
import DetectionHeads
import Images
import Tensors

/// Pastes objects of other images, of rare classes as often as of common ones (after Ghiasi et al., "Simple Copy-Paste",
/// arXiv:2012.07177, with boxes in place of outlines).
struct CopyPaste: SampleTransform {
    /// The most objects that are pasted into an image.
    let maximumCount: Int
    let scales: [Double]

    func place(_ draft: inout SampleDraft, random: inout SeededGenerator) throws(ImageError) {
        if draft.isClosing { return }
        for _ in 0..<random.integer(in: 0...maximumCount) {
            guard let (sample, object) = draft.objects.draw(&random) else { return }
            var part = try draft.part(sample)
            let size = draft.inputSize
            let box = part.objects[object].box
            part.view.side *= scales[random.integer(in: 0...(scales.count - 1))]
            (part.view.centerX, part.view.centerY) = (box.centerX, box.centerY)
            let scale = Double(size.longerSide) / part.view.side
            let width = Int((box.width * scale).rounded(.up))
            let height = Int((box.height * scale).rounded(.up))
            guard width >= outputStride, height >= outputStride, width <= size.columns / 2, height <= size.rows / 2
            else {
                continue
            }
            guard let region = freeRegion(width: width, height: height, in: draft, &random) else { continue }
            part.region = region
            part.view.move(
                x: Double(region.x) + Double(width - size.columns) / 2,
                y: Double(region.y) + Double(height - size.rows) / 2, inputSize: size)
            draft.parts.append(part)
        }
    }

    /// A place where an image of this extent covers hardly anything of what is there; nil where ten random ones do.
    private func freeRegion(
        width: Int, height: Int, in draft: SampleDraft, _ random: inout SeededGenerator
    ) -> InputRegion? {
        let taken = draft.boxes
        for _ in 0..<10 {
            let region = InputRegion(
                x: random.integer(in: 0...(draft.inputSize.columns - width)),
                y: random.integer(in: 0...(draft.inputSize.rows - height)), width: width, height: height)
            if taken.allSatisfy({ $0.coveredShare(by: region.box) < 0.2 }) { return region }
        }
        return nil
    }
}

/// The objects of a data set, drawn so that each class is as likely as another.
public struct ObjectDrawing: Sendable {
    private let objects: [[(sample: Int, object: Int)]]

    /// The objects of samples that may be pasted: those that are learned.
    init(_ samples: [Sample], classCount: Int) {
        var objects = [[(sample: Int, object: Int)]](repeating: [], count: classCount)
        for (index, sample) in samples.enumerated() {
            for (place, object) in sample.objects.enumerated() where !object.isIgnored {
                objects[object.classIndex].append((index, place))
            }
        }
        self.objects = objects.filter { !$0.isEmpty }
    }

    /// One of a random class; nil where there is none.
    func draw(_ random: inout SeededGenerator) -> (sample: Int, object: Int)? {
        if objects.isEmpty { return nil }
        let ofClass = objects[random.integer(in: 0...(objects.count - 1))]
        return ofClass[random.integer(in: 0...(ofClass.count - 1))]
    }
}
