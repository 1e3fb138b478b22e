import VectorKernels

/// Where a node's value lives while a program runs, and the gradient with respect to it.
final class Slot {
    /// The value in the layout of whoever makes it; nil when the value only passes through a fused kernel.
    var memory: Memory?
    /// The gradient, in the value's layout; several of them one after the other where the program carries several.
    var gradient: Memory?
    /// Whether some operation of the backward pass has written ``gradient``; the next one must add.
    var isGradientWritten = false
    /// Whether the backward pass of the kernel that makes the value reads it once more.
    var isReadBackward = false
    /// Whether the value is a parameter's, and stays as it is from pass to pass.
    var isFixed = false
    /// The node whose value this one is, too, under other extents.
    var viewed: Int?
    /// The nodes whose values are this one's, too.
    var views: [Int] = []
    /// Whether anybody asks for the gradient.
    let wantsGradient: Bool
    /// The nodes that read the value, in order; one that reads it twice stands here twice.
    let readers: [Int]
    /// Whether the graph returns it.
    let isOutput: Bool
    /// Whether somebody wants to see it, and its gradient, at any time.
    let isTapped: Bool
    /// What the value was rounded to, where it was.
    var rounding: vector_rounding?
    /// The value as bytes, where whoever makes it leaves those, or some reader wanted them.
    var bytes: ByteMap?
    /// The value in other layouts, as some readers like it better.
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
    /// The node on whose behalf it runs.
    let node: Int
    /// The kernel, for people.
    let kernel: String
    /// What it reads and writes.
    let memories: [Memory]
    let run: () throws -> Void
}
