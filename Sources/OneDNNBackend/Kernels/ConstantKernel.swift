import Graphs
import Operators

extension Constant: AcceleratedOperator {
    /// The parameter is the value: nothing is copied.
    func compile(node: Int, with compiler: Compiler) throws -> Bool {
        let entry = try compiler.parameter(node, 0)
        compiler.slots[node].memory = try Memory(.plain(shape), at: entry.value, on: compiler.engine)
        compiler.slots[node].isFixed = true
        return true
    }
}
