import Foundation
import Graphs
import Operators
import Tensors

/// Einstein sums: sums over products of elements, named by letters, as matrix products of rearranged values.
extension Importer {
    /// A value whose axes have letters.
    private struct Labelled {
        var flow: Flow
        var letters: [Character]
    }

    func einsteinSum(_ node: ImportedNode) throws(ImportProblem) -> [Operand] {
        var flows: [Flow] = []
        for index in node.operands.indices { flows.append(try flow(node, index)) }
        let equation = try EinsteinEquation(node, ranks: flows.map(\.rank))
        var rest = zip(flows, equation.inputs).map { Labelled(flow: $0, letters: $1) }
        var extents: [Character: Int] = [:]
        for (letter, extent) in rest.flatMap({ zip($0.letters, $0.flow.shape) }) {
            let known = extents[letter] ?? extent
            guard known == extent else {
                // ONNX's examples leave open whether an extent of 1 is repeated.
                if known == 1 || extent == 1 { throw node.lacking("that repeats axes of extent 1") }
                throw node.malformed("the letter '\(letter)' stands for \(known) and \(extent) positions")
            }
            extents[letter] = extent
        }
        var result = rest.removeFirst()
        while let next = rest.first {
            rest.removeFirst()
            let later = Set(rest.flatMap(\.letters)).union(equation.output)
            result = try product(node, result, next, keeping: later)
        }
        let sum = try summed(node, result, keeping: Set(equation.output))
        return [.value(try ordered(node, sum, equation.output, isLast: true).flow)]
    }

    /// Sums over the axes whose letters are not needed later.
    private func summed(
        _ node: ImportedNode, _ value: Labelled, keeping letters: Set<Character>
    ) throws(ImportProblem) -> Labelled {
        let axes = value.letters.indices.filter { !letters.contains(value.letters[$0]) }
        if axes.isEmpty { return value }
        let kernel = Reduction(.sum, axes: axes, keepsAxes: false)
        let flow = try add(part: "sum", of: node, kernel, [value.flow], kind: value.flow.kind)
        return Labelled(flow: flow, letters: value.letters.filter(letters.contains))
    }

    /// Multiplies two values: letters of both that are needed later count the matrices, those that are not are summed over.
    private func product(
        _ node: ImportedNode, _ left: Labelled, _ right: Labelled, keeping later: Set<Character>
    ) throws(ImportProblem) -> Labelled {
        let left = try summed(node, left, keeping: later.union(right.letters))
        let right = try summed(node, right, keeping: later.union(left.letters))
        let common = left.letters.filter(right.letters.contains)
        let (batch, inner) = (common.filter(later.contains), common.filter { !later.contains($0) })
        let rows = left.letters.filter { !common.contains($0) }
        let columns = right.letters.filter { !common.contains($0) }
        let matrices = [
            try grouped(node, left, [batch, rows, inner], "left"),
            try grouped(node, right, [batch, inner, columns], "right"),
        ]
        let product = try add(part: "product", of: node, MatrixMultiplication(), matrices)
        func extents(_ letters: [Character], _ value: Labelled, _ shape: [Int]) -> [Int] {
            letters.map { letter in value.letters.firstIndex(of: letter).map { shape[$0] } ?? 1 }
        }
        func whole(_ leftShape: [Int], _ rightShape: [Int]) -> [Int] {
            extents(batch + rows, left, leftShape) + extents(columns, right, rightShape)
        }
        var other: [Int]?
        if let leftOther = left.flow.otherShape, let rightOther = right.flow.otherShape {
            other = whole(leftOther, rightOther)
        }
        let flow = try reshaped(
            node, product, to: whole(left.flow.shape, right.flow.shape), other: other, part: "axes")
        return Labelled(flow: flow, letters: batch + rows + columns)
    }

    /// Merges the axes of three groups of letters to three axes.
    private func grouped(
        _ node: ImportedNode, _ value: Labelled, _ groups: [[Character]], _ part: String
    ) throws(ImportProblem) -> Flow {
        let sorted = try ordered(node, value, groups.flatMap { $0 }, isLast: false)
        func merged(_ shape: [Int]) -> [Int] {
            var rest = shape[...]
            return groups.map { group in
                defer { rest = rest.dropFirst(group.count) }
                return rest.prefix(group.count).reduce(1, *)
            }
        }
        return try reshaped(
            node, sorted.flow, to: merged(sorted.flow.shape), other: sorted.flow.otherShape.map(merged), part: part)
    }

    /// Brings the axes into the order of some letters. The last step of a node has its name.
    private func ordered(
        _ node: ImportedNode, _ value: Labelled, _ letters: [Character], isLast: Bool
    ) throws(ImportProblem) -> Labelled {
        guard value.letters != letters else { return value }
        let kernel = Transpose(axes: letters.compactMap(value.letters.firstIndex))
        let flow =
            isLast
            ? try add(node, kernel, [value.flow], kind: value.flow.kind)
            : try add(part: "order", of: node, kernel, [value.flow], kind: value.flow.kind)
        return Labelled(flow: flow, letters: letters)
    }

    /// Reshapes to a shape that is known for both batch sizes; the extent that differs is inferred.
    private func reshaped(
        _ node: ImportedNode, _ input: Flow, to shape: [Int], other: [Int]?, part: String
    ) throws(ImportProblem) -> Flow {
        if input.shape == shape { return input }
        let varying = other.map { other in shape.indices.first { shape[$0] != other[$0] } } ?? nil
        let extents = shape.enumerated().map { $0 == varying ? ReshapeExtent.inferred : .fixed($1) }
        let flow = try add(part: part, of: node, Reshape(extents), [input], kind: input.kind)
        return flow.otherShape == other ? flow : flow.withoutOtherShape
    }
}

/// The letters of the axes of an Einstein sum's inputs and output. An ellipsis becomes letters of its own, counted from the last axis.
struct EinsteinEquation {
    let inputs: [[Character]]
    let output: [Character]

    /// - Parameter ranks: The numbers of axes of the inputs.
    init(_ node: ImportedNode, ranks: [Int]) throws(ImportProblem) {
        let text = try node.string("equation", default: "").filter { $0 != " " }
        func invalid() -> ImportProblem { node.malformed("invalid equation '\(text.prefix(80))'") }
        let sides = text.components(separatedBy: "->")
        let terms = sides[0].split(separator: ",", omittingEmptySubsequences: false)
        guard !ranks.isEmpty, terms.count == ranks.count, sides.count <= 2 else { throw invalid() }
        var widest = 0
        func letters(_ term: Substring, rank: Int?) throws(ImportProblem) -> [Character] {
            let parts = String(term).components(separatedBy: "...")
            let named = parts.joined()
            guard parts.count <= 2, named.allSatisfy({ $0.isASCII && $0.isLetter }) else { throw invalid() }
            guard Set(named).count == named.count else { throw node.lacking("of a diagonal") }
            let hidden = parts.count == 1 ? 0 : rank.map { $0 - named.count } ?? widest
            guard hidden >= 0, rank == nil || rank == named.count + hidden else { throw invalid() }
            widest = max(widest, hidden)
            // Digits cannot be letters of an equation; a value has at most ten axes.
            guard hidden <= 10 else { throw invalid() }
            let places = (0..<hidden).reversed().map { Character("\($0)") }
            return Array(parts[0]) + places + Array(parts.count == 2 ? parts[1] : "")
        }
        var inputs: [[Character]] = []
        for (term, rank) in zip(terms, ranks) { inputs.append(try letters(term, rank: rank)) }
        self.inputs = inputs
        let all = inputs.flatMap { $0 }
        if sides.count == 2 {
            output = try letters(sides[1][...], rank: nil)
            guard Set(output).isSubset(of: all) else { throw invalid() }
        } else {
            // Without an output: the ellipsis, then the letters that occur once, in alphabetical order.
            let single = Set(all).filter { letter in letter.isLetter && all.count(where: { $0 == letter }) == 1 }
            output = (0..<widest).reversed().map { Character("\($0)") } + single.sorted()
        }
    }
}
