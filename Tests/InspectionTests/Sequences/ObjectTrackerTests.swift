import Boxes
import Inspection
import PeakDecoding
import Testing

@Suite struct ObjectTrackerTests {
    private func detection(
        _ classIndex: Int, x: Double, y: Double = 50, size: Double = 20, score: Float = 0.9
    ) -> Detection<ImagePixels> {
        Detection(
            classIndex: classIndex, score: score, box: Box(centerX: x, centerY: y, width: size, height: size / 2),
            row: 0, column: 0)
    }

    @Test func twoThatCrossAreToldApartByTheirClass() {
        for start in [ObjectTracker.Start.detection(0), .ofClass(3)] {
            var follower = ObjectTracker(start: start)
            for frame in 0..<20 {
                let (one, other) = (detection(3, x: Double(frame * 10)), detection(1, x: Double(190 - frame * 10)))
                // After the first frame they come in any order.
                let detections = frame.isMultiple(of: 2) ? [one, other] : [other, one]
                #expect(follower.follow(detections) == .found(frame.isMultiple(of: 2) ? 0 : 1))
            }
            #expect(follower.classIndex == 3)
        }
    }

    @Test func theNearestOfItsClassIsTaken() {
        var follower = ObjectTracker(start: .detection(1))
        #expect(follower.follow([detection(0, x: 10), detection(0, x: 100)]) == .found(1))
        #expect(follower.follow([detection(0, x: 90), detection(0, x: 103), detection(0, x: 110)]) == .found(1))
        // From 103; of two equally near ones, the one with the higher score.
        #expect(follower.follow([detection(0, x: 98, score: 0.3), detection(0, x: 108, score: 0.8)]) == .found(1))
    }

    @Test func itIsLostAndFoundAgainWithinReach() {
        var follower = ObjectTracker(start: .ofClass(0))
        #expect(follower.follow([detection(0, x: 100)]) == .found(0))
        #expect(follower.follow([]) == .lost(.noneOfItsClass))
        #expect(follower.follow([detection(1, x: 100)]) == .lost(.noneOfItsClass))
        // Three frames later it may be three lengths of 20 away, but not four.
        #expect(follower.follow([detection(0, x: 180)]) == .lost(.tooFar(distance: 80, allowed: 60)))
        #expect(follower.follow([detection(0, x: 180)]) == .found(0))
        #expect(follower.follow([detection(0, x: 201)]) == .lost(.tooFar(distance: 21, allowed: 20)))
        for _ in 0..<50 { #expect(follower.follow([]) == .lost(.noneOfItsClass)) }
        #expect(follower.follow([detection(0, x: 261)]) == .lost(.tooFar(distance: 81, allowed: 80)))
        #expect(follower.follow([detection(0, x: 260)]) == .found(0))
    }

    @Test func theGateIsTheCallers() {
        var follower = ObjectTracker(start: .ofClass(0), gate: .init(lengthsPerFrame: 0.1, maximumLengths: 0.2))
        #expect(follower.follow([detection(0, x: 100)]) == .found(0))
        #expect(follower.follow([detection(0, x: 103)]) == .lost(.tooFar(distance: 3, allowed: 2)))
        #expect(follower.follow([detection(0, x: 103)]) == .found(0))
    }

    @Test func itBeginsWithTheFirstFrameThatHasIt() {
        var byNumber = ObjectTracker(start: .detection(1))
        #expect(byNumber.follow([]) == .lost(.notStarted))
        #expect(byNumber.follow([detection(0, x: 5)]) == .lost(.noSuchDetection(1, count: 1)))
        #expect(byNumber.follow([detection(0, x: 5), detection(2, x: 9)]) == .found(1))
        #expect(byNumber.classIndex == 2)

        var byClass = ObjectTracker(start: .ofClass(2))
        #expect(byClass.follow([]) == .lost(.notStarted))
        #expect(byClass.follow([detection(0, x: 5)]) == .lost(.notStarted))
        #expect(byClass.follow([detection(2, x: 5, score: 0.2), detection(2, x: 90, score: 0.6)]) == .found(1))
    }

    @Test func boxesThatAreNoBoxesAreHarmless() {
        var follower = ObjectTracker(start: .ofClass(0))
        let broken = detection(0, x: .nan)
        #expect(follower.follow([broken]) == .lost(.notStarted))
        #expect(follower.follow([broken, detection(0, x: 10, size: 0)]) == .found(1))
        #expect(follower.follow([broken]) == .lost(.noneOfItsClass))
        // An object without extent may not move at all.
        #expect(follower.follow([detection(0, x: 10, size: -4)]) == .found(0))
        #expect(follower.follow([detection(0, x: 14)]) == .found(0), "an inverted box has a length, too")
        #expect(
            ObjectTracker.LossReason.tooFar(distance: 80.4, allowed: 60).description
                == "the nearest of its class is 80 pixels away, more than 60")
    }
}
