import Foundation
import Tensors
import Testing

@Suite struct TensorTests {
    @Test func copiesDoNotSeeEachOthersWrites() {
        var a = Tensor([2, 3], elements: [0, 1, 2, 3, 4, 5])
        let b = a
        a[1, 2] = 9
        #expect(a[1, 2] == 9)
        #expect(b[1, 2] == 5)
        #expect(b.reshaped([3, 2])[2, 1] == 5)
    }

    @Test(arguments: [false, true], [false, true])
    func productsFollowTheFormula(transposeA: Bool, transposeB: Bool) {
        let (rows, columns, inner) = (5, 7, 3)
        var random = SeededGenerator(4)
        var a = Tensor([rows * inner], elements: (0..<rows * inner).map { _ in Float(random.normal()) })
        var b = Tensor([inner * columns], elements: (0..<inner * columns).map { _ in Float(random.normal()) })
        var c = Tensor([rows, columns], repeating: 2)
        a.withMutableElements { a in
            b.withMutableElements { b in
                c.withMutableElements { c in
                    guard let a = a.baseAddress, let b = b.baseAddress, let c = c.baseAddress else { return }
                    multiply(
                        MatrixView(a, stride: transposeA ? rows : inner, transposed: transposeA),
                        MatrixView(b, stride: transposeB ? inner : columns, transposed: transposeB),
                        into: MatrixView(c, stride: columns), rows: rows, columns: columns, inner: inner, keeping: 0.5)
                }
            }
        }
        for row in 0..<rows {
            for column in 0..<columns {
                let expected = (0..<inner).reduce(Float(1)) { sum, k in
                    let left = transposeA ? a[k * rows + row] : a[row * inner + k]
                    let right = transposeB ? b[column * inner + k] : b[k * columns + column]
                    return sum + left * right
                }
                #expect(abs(c[row, column] - expected) < 1e-5)
            }
        }
    }

    @Test func everyItemIsVisitedOnce() {
        for count in [0, 1, 2, 3, 17, 1000] {
            let visits = FloatBuffer(count: max(count, 1))
            let view = TensorView(visits, shape: [count])
            Parallel.forEach(count) { item, worker in
                view.pointer[item] += 1
                if worker < 0 || worker >= Parallel.workerCount { view.pointer[item] = -100 }
            }
            #expect(view.elements.allSatisfy { $0 == 1 })
            Parallel.forRanges(count, grain: 3) { range in
                for index in range { view.pointer[index] += 1 }
            }
            #expect(view.elements.allSatisfy { $0 == 2 })
        }
    }
}

@Suite struct SeededGeneratorTests {
    @Test func seedsAndPathsAreStreamsOfTheirOwn() {
        func first(_ generator: SeededGenerator) -> UInt64 {
            var generator = generator
            return generator.next()
        }
        #expect(first(SeededGenerator(1)) == first(SeededGenerator(1)))
        let firsts = [
            SeededGenerator(1), SeededGenerator(2), SeededGenerator(1, 0), SeededGenerator(1, 1),
            SeededGenerator(1, 0, 0),
            SeededGenerator(1, 0, 1), SeededGenerator(1, 1, 0),
        ].map(first)
        #expect(Set(firsts).count == firsts.count)
    }

    @Test func numbersHaveTheirMomentsAndBounds() {
        var random = SeededGenerator(3)
        let uniform = (0..<20_000).map { _ in random.uniform(-1, 3) }
        #expect(uniform.allSatisfy { (-1..<3).contains($0) })
        #expect(abs(uniform.reduce(0, +) / 20_000 - 1) < 0.03)
        let normal = (0..<20_000).map { _ in random.normal() }
        #expect(abs(normal.reduce(0, +) / 20_000) < 0.03)
        #expect(abs(normal.map { $0 * $0 }.reduce(0, +) / 20_000 - 1) < 0.05)
    }
}

@Suite struct FileTests {
    private let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)

    @Test func atomicWritesReplaceAndLeaveNothingBehind() throws {
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let file = folder.appendingPathComponent("a.bin")
        try writeAtomically(Data([1, 2]), to: file)
        try writeAtomically(Data([3]), to: file, synchronize: true)
        #expect(try Data(contentsOf: file) == Data([3]))
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["a.bin"])
    }

    @Test func aMissingFolderIsASentence() {
        let file = folder.appendingPathComponent("nowhere/a.bin")
        #expect(throws: FileWriteError.self) { try writeAtomically(Data(), to: file) }
        do { try writeAtomically(Data(), to: file) } catch {
            #expect("\(error)" == "\(file.path) cannot be written: no such file or directory")
        }
    }

    @Test(arguments: [[], [3], [2, 0, 4], [2, 3, 5, 7]]) func numPyFilesComeBack(shape: [Int]) throws {
        let tensor = Tensor(shape, elements: (0..<shape.reduce(1, *)).map { Float($0) - 2.5 })
        let data = tensor.npyData()
        #expect(try Tensor(npy: data) == tensor)
        #expect((data.count - tensor.count * 4) % 64 == 0)
        for length in 0..<data.count { #expect(throws: NumPyError.self) { try Tensor(npy: data.prefix(length)) } }
    }

    @Test func hugeNumPyShapesAreRefused() throws {
        var text = String(decoding: Tensor([1]).npyData().dropFirst(10).prefix(118), as: UTF8.self)
        text = text.replacingOccurrences(of: "(1,), }", with: "(4000000000, 4000000000, 4000000000), }")
        var data = Tensor([1]).npyData().prefix(8)
        data.append(contentsOf: [UInt8(text.utf8.count), 0])
        data.append(contentsOf: text.utf8)
        #expect(throws: NumPyError.truncated) { try Tensor(npy: data) }
    }
}
