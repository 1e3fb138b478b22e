/// An operator of a later opset, with its inputs and attributes, as a function in the file whose body runs in any runtime with opset 17.
///
/// A reader may treat a call as the operator of that name and ignore the body; Pinpoint does so, and gets the same bits again.
struct LocalFunction: Sendable {
    /// The operator domain of our functions.
    static let domain = "pinpoint"

    /// The function's name.
    let name: String
    let inputs: [String]
    let attributes: [String]
    /// Appends the body's nodes; the last one computes `Y`.
    let write: @Sendable (inout FunctionBody) -> Void

    var definition: ProtoFunctionDefinition {
        var function = ProtoFunctionDefinition()
        function.name = name
        function.domain = Self.domain
        function.input = inputs
        function.output = ["Y"]
        function.attribute = attributes
        var set = ProtoOperatorSet()
        set.version = 17
        function.opsetImport = [set]
        var body = FunctionBody()
        write(&body)
        function.node = body.nodes
        return function
    }
}

/// The nodes of a function, each named after its output.
struct FunctionBody {
    private(set) var nodes: [ProtoNodeDefinition] = []

    @discardableResult
    mutating func add(
        _ output: String, _ kind: String, _ inputs: [String], _ attributes: ProtoAttribute...
    ) -> String {
        append(output, kind, inputs, attributes)
        return output
    }

    mutating func append(_ output: String, _ kind: String, _ inputs: [String], _ attributes: [ProtoAttribute]) {
        nodes.append(
            ProtoNodeDefinition(kind, name: output, inputs: inputs, outputs: [output], attributes: attributes))
    }

    mutating func integers(_ name: String, _ values: [Int]) -> String {
        add(name, "Constant", [], .ints("value_ints", values))
    }

    mutating func number(_ name: String, _ value: Float) -> String {
        add(name, "Constant", [], .float("value_float", value))
    }

    /// Adds the caller's attribute, a list of integers.
    mutating func list(_ name: String, attribute: String) -> String {
        add(name, "Constant", [], .reference("value_ints", .ints, to: attribute))
    }

    /// Adds the caller's attribute, an integer.
    mutating func integer(_ name: String, attribute: String) -> String {
        add(name, "Constant", [], .reference("value_int", .int, to: attribute))
    }

    /// Adds one element of a list, as a list.
    mutating func element(_ name: String, of list: String, _ position: Int) -> String {
        add(name, "Gather", [list, integers("\(name)_position", [position])])
    }

    /// Adds 0, 1, … up to a count that is a list with one number.
    mutating func counting(_ name: String, _ count: String) -> String {
        let scalar = add("\(name)_count", "Squeeze", [count])
        let zero = add("\(name)_first", "Constant", [], .int("value_int", 0))
        let one = add("\(name)_step", "Constant", [], .int("value_int", 1))
        return add(name, "Range", [zero, scalar, one])
    }

    /// Adds a tensor of a shape, filled with one number.
    mutating func filled(_ name: String, _ shape: String, _ value: Float) -> String {
        add(name, "ConstantOfShape", [shape], .tensor("value", ProtoTensorDefinition("", [1], floats: [value])))
    }
}
