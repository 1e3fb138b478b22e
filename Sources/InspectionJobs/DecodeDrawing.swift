import Evaluation
import Foundation
import Images
import Inspection
import PeakDecoding
import Tensors
import Visualization

/// Draws an explained decoding.
struct DecodeDrawing {
    let explanation: DecodingExplanation
    let classNames: [String]

    func drawn(name: String, image: Image, heatmap: Tensor) throws -> Drawing {
        let trace = explanation.trace
        var drawing = DecodingSheet(
            title: title(name), image: image, heatmap: heatmap, imageToCells: explanation.imageToCells,
            classNames: classNames, threshold: trace.threshold)
        drawing.peaks = trace.candidates.filter { $0.outcome != .belowThreshold }.map {
            DecodingSheet.Peak(
                classIndex: $0.cell.classIndex, row: $0.cell.row, column: $0.cell.column, rank: $0.rank, box: $0.box)
        }
        drawing.marks =
            trace.suppressed.map {
                DecodingSheet.Mark(
                    row: $0.cell.row, column: $0.cell.column,
                    winner: .init(row: $0.winner.row, column: $0.winner.column))
            }
            // Fainter peaks are everywhere, so marking them would tell nothing.
            + trace.candidates.filter {
                $0.outcome == .belowThreshold && Double($0.cell.probability) >= MissReason.faintShare * trace.threshold
            }.map { DecodingSheet.Mark(row: $0.cell.row, column: $0.cell.column) }
        drawing.boxes = boxes
        if explanation.review != nil { drawing.groundTruths = groundTruths }
        return try drawing.draw()
    }

    private func title(_ name: String) -> String {
        let kept = explanation.detections.count
        let boxes = "\(kept) \(kept == 1 ? "detection" : "detections")"
        guard let review = explanation.review else { return "\(name): from heatmap to \(boxes)" }
        let found = review.matchedCount
        return "\(name): from heatmap to \(boxes), which find \(found) of \(found + review.missed.count) objects"
    }

    private var boxes: [LabelledBox] {
        let verdicts = explanation.verdicts()
        return zip(explanation.trace.kept, explanation.detections).map { candidate, detection in
            var label = "\(candidate.rank)  \(String(format: "%.2f", detection.score))"
            if let verdict = verdicts[candidate.rank - 1], verdict.isError { label += " \(verdict.title)" }
            return LabelledBox(
                box: detection.box, kind: detection.kind, label: label, color: Palette.color(detection.classIndex))
        }
    }

    /// The annotated objects: found ones without a label, missed ones with the reason.
    private var groundTruths: [LabelledBox] {
        let missed = explanation.misses.map {
            LabelledBox(
                box: $0.object.box, kind: explanation.objectKind,
                label: "missed: \(explanation.label($0, classNames: classNames))",
                color: Palette.color($0.object.classIndex), dashed: true)
        }
        let names = Set(explanation.misses.map(\.object))
        let found = explanation.objects.filter { !names.contains($0) }.map {
            LabelledBox(
                box: $0.box, kind: explanation.objectKind, label: "", color: Palette.color($0.classIndex), dashed: true)
        }
        return missed + found
    }
}
