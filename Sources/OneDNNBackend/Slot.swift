import VectorKernels

/// Where a node's value is stored while a program runs, and the gradient with respect to it.
final class Slot {
    /// The value in the layout of the kernel that computes it; nil if the value exists only inside a fused kernel.
    var memory: Memory?
    /// The gradient, in the value's layout; several gradients one after the other if the program propagates several.
    var gradient: Memory?
    /// Whether an operation of the backward pass has written ``gradient``; further operations must then add to it.
    var isGradientWritten = false
    /// Whether the backward pass of the kernel that computes the value reads it again.
    var isReadBackward = false
    /// Whether the value is a parameter, which stays the same from pass to pass.
    var isFixed = false
    /// The node whose value this one is a view of.
    var viewed: Int?
    /// The nodes whose values are views of this one.
    var views: [Int] = []
    /// Whether the gradient is needed.
    let wantsGradient: Bool
    /// The nodes that read the value, in order; a node that reads it twice is listed twice.
    let readers: [Int]
    /// Whether the value is an output of the graph.
    let isOutput: Bool
    /// Whether the value and its gradient can be read at any time.
    let isTapped: Bool
    /// How the value was rounded, if it was.
    var rounding: vector_rounding?
    /// The value as bytes, if its kernel writes bytes or a reader requested them.
    var bytes: ByteMap?
    /// The value in other layouts that readers requested.
    var copies: [Memory] = []

    init(wantsGradient: Bool, readers: [Int], isOutput: Bool, isTapped: Bool) {
        self.wantsGradient = wantsGradient
        self.readers = readers
        self.isOutput = isOutput
        self.isTapped = isTapped
    }
}

/// One entry of a program's list.
struct Operation {
    /// The node that it belongs to.
    let node: Int
    /// The kernel's name, for reports.
    let kernel: String
    /// The memory that it reads and writes.
    let memories: [Memory]
    let run: () throws -> Void
}
