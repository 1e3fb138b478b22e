import Foundation
import Operators
import Tensors

extension ProtoAttribute {
    static func int(_ name: String, _ value: Int) -> ProtoAttribute {
        make(name, .int) { $0.i = Int64(value) }
    }

    static func ints(_ name: String, _ values: [Int]) -> ProtoAttribute {
        make(name, .ints) { $0.ints = values.map(Int64.init) }
    }

    static func float(_ name: String, _ value: Float) -> ProtoAttribute {
        make(name, .float) { $0.f = value }
    }

    static func string(_ name: String, _ value: String) -> ProtoAttribute {
        make(name, .string) { $0.s = Data(value.utf8) }
    }

    static func tensor(_ name: String, _ value: ProtoTensorDefinition) -> ProtoAttribute {
        make(name, .tensor) { $0.t = value }
    }

    static func element(_ name: String, _ kind: ProtoTensorDefinition.ElementKind) -> ProtoAttribute {
        .int(name, kind.rawValue)
    }

    /// Creates a reference, inside a function, to an attribute of its caller.
    static func reference(_ name: String, _ kind: Kind, to argument: String) -> ProtoAttribute {
        make(name, kind) { $0.refAttrName = argument }
    }

    private static func make(_ name: String, _ kind: Kind, _ fill: (inout ProtoAttribute) -> Void) -> ProtoAttribute {
        var attribute = ProtoAttribute()
        attribute.name = name
        attribute.type = kind
        fill(&attribute)
        return attribute
    }
}

extension ProtoTensorDefinition {
    /// Creates a tensor from floats as they are in memory: ONNX is little-endian, as are all supported machines.
    init(_ name: String, _ shape: [Int], floats: UnsafeBufferPointer<Float>) {
        self.init(name, shape, .float, Data(buffer: floats))
    }

    init(_ name: String, _ shape: [Int], floats: [Float]) {
        self.init(name, shape, .float, floats.withUnsafeBufferPointer { Data(buffer: $0) })
    }

    init(_ name: String, _ shape: [Int], integers: [Int]) {
        self.init(name, shape, .int64, integers.map(Int64.init).withUnsafeBufferPointer { Data(buffer: $0) })
    }

    /// Creates a tensor of 8-bit integers, which must be in range.
    init(_ name: String, _ shape: [Int], _ kind: IntegerKind, _ integers: [Int]) {
        self.init(name, shape, kind.element, Data(integers.map { UInt8(truncatingIfNeeded: $0) }))
    }

    /// Creates a tensor of 32-bit integers.
    init(_ name: String, _ shape: [Int], int32 integers: [Int32]) {
        self.init(name, shape, .int32, integers.withUnsafeBufferPointer { Data(buffer: $0) })
    }

    private init(_ name: String, _ shape: [Int], _ kind: ElementKind, _ bytes: Data) {
        self.init()
        self.name = name
        dims = shape.map(Int64.init)
        dataType = Int32(kind.rawValue)
        rawData = bytes
    }
}

extension ProtoNodeDefinition {
    init(
        _ kind: String, name: String, inputs: [String], outputs: [String], attributes: [ProtoAttribute],
        domain: String = ""
    ) {
        self.init()
        self.name = name
        opType = kind
        // Trailing missing inputs are left out.
        input = Array(inputs.prefix((inputs.lastIndex { !$0.isEmpty } ?? -1) + 1))
        output = outputs
        attribute = attributes
        self.domain = domain
    }
}

extension ProtoValueInformation {
    init(_ name: String, _ kind: ProtoTensorDefinition.ElementKind, _ extents: [FileExtent]) {
        self.init()
        self.name = name
        type.tensorType.elemType = Int32(kind.rawValue)
        // An empty shape means a scalar, no shape an unknown one.
        type.tensorType.shape = ProtoShapeDefinition()
        type.tensorType.shape.dim = extents.map { extent in
            var dimension = ProtoShapeDefinition.Dimension()
            switch extent {
            case .fixed(let value): dimension.dimValue = Int64(value)
            case .free(let name?): dimension.dimParam = name
            case .free(nil): break
            }
            return dimension
        }
    }
}
