import Tensors
import Testing

@Suite struct PrincipalComponentsTests {
    private func matrix(_ rows: Int, _ columns: Int, seed: UInt64 = 3) -> Tensor {
        var random = SeededGenerator(seed, rows * 100 + columns)
        return Tensor([rows, columns], elements: (0..<rows * columns).map { _ in Float(random.normal()) })
    }

    @Test(arguments: [[7, 3], [3, 7], [5, 5], [40, 6], [6, 40], [1, 4], [4, 1]])
    func directionsAreOrthonormalAndAddUpToTheMatrix(_ shape: [Int]) throws {
        let (rows, columns) = (shape[0], shape[1])
        let matrix = matrix(rows, columns)
        let all = try #require(PrincipalComponents(of: matrix, count: 100))
        let rank = min(rows, columns)
        #expect(all.projections.shape == [rows, rank] && all.directions.shape == [rank, columns])
        for a in 0..<rank {
            for b in 0..<rank {
                let dot = (0..<columns).reduce(Float(0)) { $0 + all.directions[a, $1] * all.directions[b, $1] }
                #expect(abs(dot - (a == b ? 1 : 0)) < 1e-4)
            }
        }
        for column in 0..<columns {
            let mean = (0..<rows).reduce(Float(0)) { $0 + matrix[$1, column] } / Float(rows)
            for row in 0..<rows {
                let sum = (0..<rank).reduce(mean) { $0 + all.projections[row, $1] * all.directions[$1, column] }
                #expect(abs(sum - matrix[row, column]) < 1e-4)
            }
        }
        for (component, value) in all.singularValues.enumerated() {
            let length = (0..<rows).reduce(Float(0)) {
                $0 + all.projections[$1, component] * all.projections[$1, component]
            }
            #expect(abs(length.squareRoot() - value) < 1e-3)
            if component > 0 { #expect(value <= all.singularValues[component - 1] + 1e-5) }
        }
    }

    @Test func whatIsNotFiniteHasNoComponents() {
        #expect(PrincipalComponents(of: Tensor([2, 2], elements: [1, .nan, 0, 1]), count: 1) == nil)
        #expect(PrincipalComponents(of: Tensor([0, 2]), count: 1) == nil)
    }
}
