import Graphs
import Operators

extension Constant: AcceleratedOperator {
    /// Uses the parameter's memory as the value, without a copy.
    func compile(node: Int, with compiler: Compiler) throws -> Bool {
        let entry = try compiler.parameter(node, 0)
        compiler.slots[node].memory = try Memory(.plain(shape), at: entry.value, on: compiler.engine)
        compiler.slots[node].isFixed = true
        return true
    }
}
