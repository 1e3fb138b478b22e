import Graphs
import Operators

extension Reshape: AcceleratedOperator {
    /// In plain layouts this is a view: the same elements with other extents.
    func compile(node: Int, with compiler: Compiler) throws -> Bool {
        let input = compiler.input(of: node)
        let engine = compiler.engine
        try compiler.share(input, with: node)
        compiler.onBackward(node) { gradient in
            let layout = try compiler.gradientLayout(.plain(compiler.shapes[input]))
            try compiler.contribute(Memory(layout, of: gradient, on: engine), to: input)
        }
        return true
    }
}
