import Auditing
import Foundation
import Testing

@Suite("Logistic regression")
struct LogisticRegressionTests {
    @Test("The constant alone gives the share of true examples")
    func share() {
        let examples = (0..<10).map { (numbers: [1.0], isTrue: $0 < 3) }
        #expect(abs(LogisticRegression(examples).probability([1]) - 0.3) < 1e-6)
    }

    @Test("At the optimum the gradient of the penalized likelihood is zero")
    func optimum() {
        let examples = (0..<60).map { number in
            let x = Double(number % 12) / 4 - 1.5
            return (numbers: [1, x, x * x, 0.5 * x], isTrue: (number * 7) % 10 < (x > 0 ? 7 : 2))
        }
        let model = LogisticRegression(examples)
        // The weights from probabilities: the logits at four places.
        func logit(_ numbers: [Double]) -> Double {
            let p = model.probability(numbers)
            return log(p / (1 - p))
        }
        let constant = logit([1, 0, 0, 0])
        let weights =
            [constant]
            + (1..<4).map { index in
                logit([1] + (1..<4).map { $0 == index ? 1 : 0 }) - constant
            }
        for index in 0..<4 {
            let penalty = index == 0 ? 0 : weights[index]
            let gradient = examples.reduce(penalty) {
                $0 + (model.probability($1.numbers) - ($1.isTrue ? 1 : 0)) * $1.numbers[index]
            }
            #expect(abs(gradient) < 1e-6, "\(index): \(gradient)")
        }
    }

    @Test("Examples that all agree, and none at all, give finite probabilities")
    func extremes() {
        let agreeing = (0..<9).map { (numbers: [1.0, Double($0)], isTrue: true) }
        #expect((0.9...1).contains(LogisticRegression(agreeing).probability([1, 4])))
        #expect(LogisticRegression([]).probability([1, 2]) == 0.5)
    }
}
