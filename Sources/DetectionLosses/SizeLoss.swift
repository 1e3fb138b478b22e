import Foundation
import HeatmapTargets

/// What a wrong width and height cost.
///
/// The published loss counts cells: a box of 40 cells that is 4 cells too wide costs as much as one of 4 cells that is twice too wide,
/// although the first overlaps by 0.91 and the second by 0.5. Where sizes differ tenfold the large ones decide the loss, and none is right.
/// The other losses measure errors by the size of the object.
public enum SizeLoss: String, CaseIterable, Sendable {
    /// The absolute difference in cells ("Objects as Points", equation 3).
    case l1
    /// The absolute difference, divided by the object's own width or height.
    case relative
    /// One less the generalized IoU of both boxes about the same centre (Rezatofighi et al., arXiv:1902.09630).
    case giou
    /// One less the IoU, and what the proportions differ (Zheng et al., "Distance-IoU", arXiv:1911.08287, equation 9; both boxes have
    /// the same centre, so its distance is none).
    case ciou

    /// The loss of one answer: twice what a box costs, as each head's sum is divided by two values an object.
    func pairLoss(_ width: Float, _ height: Float, _ place: HeadTarget.Place) -> PairLoss {
        switch self {
        case .l1: return .l1(width, height, place)
        case .relative:
            // A strip thinner than a cell is measured by the cell.
            let (scaleX, scaleY) = (1 / max(place.x, 1), 1 / max(place.y, 1))
            let loss = PairLoss.l1(width * scaleX, height * scaleY, place.scaled(scaleX, scaleY))
            return PairLoss(value: loss.value, slopeX: loss.slopeX * scaleX, slopeY: loss.slopeY * scaleY)
        case .giou, .ciou: return overlapLoss(width, height, place)
        }
    }

    private func overlapLoss(_ width: Float, _ height: Float, _ place: HeadTarget.Place) -> PairLoss {
        let answer = AnsweredExtent(width, of: place.x)
        let answerY = AnsweredExtent(height, of: place.y)
        let (w, h, targetW, targetH) = (answer.value, answerY.value, answer.target, answerY.target)
        // A common centre: the intersection has the smaller, the enclosing box the larger of both widths and heights.
        let (interW, interH) = (min(w, targetW), min(h, targetH))
        let (interSlopeW, interSlopeH) = (w < targetW ? 1.0 : 0, h < targetH ? 1.0 : 0)
        let inter = interW * interH
        let union = w * h + targetW * targetH - inter
        let iou = inter / union
        func iouSlope(_ interSlope: Double, _ areaSlope: Double) -> Double {
            (interSlope * union - inter * (areaSlope - interSlope)) / (union * union)
        }
        var (slopeW, slopeH) = (iouSlope(interSlopeW * interH, h), iouSlope(interSlopeH * interW, w))
        var value = 1 - iou
        (slopeW, slopeH) = (-slopeW, -slopeH)
        if self == .giou {
            let (enclosingW, enclosingH) = (max(w, targetW), max(h, targetH))
            let enclosing = enclosingW * enclosingH
            value += 1 - union / enclosing
            func slope(_ enclosingSlope: Double, _ unionSlope: Double) -> Double {
                -(unionSlope * enclosing - union * enclosingSlope) / (enclosing * enclosing)
            }
            slopeW += slope((1 - interSlopeW) * enclosingH, h - interSlopeW * interH)
            slopeH += slope((1 - interSlopeH) * enclosingW, w - interSlopeH * interW)
        } else {
            let scale = 4 / (Double.pi * Double.pi)
            let difference = atan(targetW / targetH) - atan(w / h)
            let term = scale * difference * difference
            // The paper's weight of the term is not differentiated.
            let weight = term / (1 - iou + term + 1e-9)
            value += weight * term
            let common = -2 * scale * difference * weight / (w * w + h * h)
            slopeW += common * h
            slopeH -= common * w
        }
        // Below the least extent the loss rises in proportion, so that an answer of 0 or less has a slope.
        value += answer.missing + answerY.missing
        return PairLoss(
            value: 2 * value, slopeX: Float(2 * answer.slope(slopeW)), slopeY: Float(2 * answerY.slope(slopeH)))
    }
}

/// A width or height as answered, kept at a least part of the true one.
private struct AnsweredExtent {
    let value, target: Double
    let missing: Double

    init(_ answer: Float, of target: Float) {
        self.target = max(Double(target), 1e-3)
        let least = self.target / 8
        value = max(Double(answer), least)
        missing = (value - Double(answer)) / self.target
    }

    func slope(_ slope: Double) -> Double { missing > 0 ? -1 / target : slope }
}

extension HeadTarget.Place {
    fileprivate func scaled(_ scaleX: Float, _ scaleY: Float) -> Self {
        var place = self
        (place.x, place.y) = (x * scaleX, y * scaleY)
        return place
    }
}
