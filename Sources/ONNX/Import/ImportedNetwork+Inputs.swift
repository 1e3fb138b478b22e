import Graphs
import Operators
import Tensors

extension ImportedNetwork {
    /// Returns the network with one of its inputs replaced by a constant of the same name.
    ///
    /// - Throws: ``GraphError`` when there is no such input.
    public func binding(_ input: String, to values: Tensor) throws(GraphError) -> ImportedNetwork {
        let constant = Constant(shape: values.shape)
        let bound = try graph.replacing(input: input, by: constant)
        let store = ParameterStore(for: bound)
        for entry in parameters.entries {
            if let tensor = parameters[entry.name] { try store.assign(entry.name, tensor) }
            if let form = parameters.quantizedForm(of: entry.name) { store.setQuantizedForm(form, of: entry.name) }
        }
        for declaration in constant.parameters { try store.assign("\(input).\(declaration.name)", values) }
        return ImportedNetwork(
            graph: bound, parameters: store, inputShapes: inputShapes.filter { $0.key != input },
            takesOtherBatchSizes: false)
    }
}
