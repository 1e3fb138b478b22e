import Graphs

/// The programs of a network, one for each shape of its input; those that have not been used for longest are given up where there would be
/// too many, or where they would take too much memory.
package struct ProgramCache {
    /// The most programs.
    package var mostPrograms = 8
    /// The most elements of all programs' inputs together; the newest program is kept whatever it takes.
    package var mostElements = 3 * 4 << 20

    private var known: [(shape: [Int], program: any Program)] = []

    /// An empty cache.
    package init() {}

    /// The shapes, the least recently used first.
    package var shapes: [[Int]] { known.map(\.shape) }

    /// Returns the program for inputs of this shape.
    ///
    /// - Parameter make: Makes it where there is none; what must go for it is gone by then.
    package mutating func program(for shape: [Int], make: () throws -> any Program) rethrows -> any Program {
        if let place = known.firstIndex(where: { $0.shape == shape }) {
            known.append(known.remove(at: place))
            return known[known.count - 1].program
        }
        let count = shape.reduce(1, *)
        while !known.isEmpty && (known.count >= mostPrograms || elements + count > mostElements) { known.removeFirst() }
        let program = try make()
        known.append((shape, program))
        return program
    }

    private var elements: Int { known.reduce(0) { $0 + $1.shape.reduce(1, *) } }
}
