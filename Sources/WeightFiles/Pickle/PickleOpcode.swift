/// The instructions of pickles, protocols 0 to 5, by the names and bytes of Python's `pickletools`.
enum PickleOpcode: UInt8 {
    case mark = 0x28, stop = 0x2e, pop = 0x30, popMark = 0x31, dup = 0x32
    case float = 0x46, int = 0x49, binInt = 0x4a, binInt1 = 0x4b, long = 0x4c, binInt2 = 0x4d, none = 0x4e
    case persId = 0x50, binPersId = 0x51, reduce = 0x52
    case string = 0x53, binString = 0x54, shortBinString = 0x55, unicode = 0x56, binUnicode = 0x58
    case append = 0x61, build = 0x62, global = 0x63, dict = 0x64, emptyDict = 0x7d, appends = 0x65
    case get = 0x67, binGet = 0x68, inst = 0x69, longBinGet = 0x6a
    case list = 0x6c, emptyList = 0x5d, obj = 0x6f, put = 0x70, binPut = 0x71, longBinPut = 0x72
    case setItem = 0x73, tuple = 0x74, emptyTuple = 0x29, setItems = 0x75, binFloat = 0x47
    case binBytes = 0x42, shortBinBytes = 0x43
    case proto = 0x80, newObj = 0x81, ext1 = 0x82, ext2 = 0x83, ext4 = 0x84
    case tuple1 = 0x85, tuple2 = 0x86, tuple3 = 0x87, newTrue = 0x88, newFalse = 0x89, long1 = 0x8a, long4 = 0x8b
    case shortBinUnicode = 0x8c, binUnicode8 = 0x8d, binBytes8 = 0x8e, emptySet = 0x8f, addItems = 0x90
    case frozenSet = 0x91, newObjEx = 0x92, stackGlobal = 0x93, memoize = 0x94, frame = 0x95
    case byteArray8 = 0x96, nextBuffer = 0x97, readOnlyBuffer = 0x98

    /// `pickletools`' name: `BINGET`, `STACK_GLOBAL`.
    var name: String {
        switch self {
        case .popMark: "POP_MARK"
        case .emptyDict: "EMPTY_DICT"
        case .emptyList: "EMPTY_LIST"
        case .emptyTuple: "EMPTY_TUPLE"
        case .emptySet: "EMPTY_SET"
        case .longBinGet: "LONG_BINGET"
        case .longBinPut: "LONG_BINPUT"
        case .shortBinString: "SHORT_BINSTRING"
        case .shortBinBytes: "SHORT_BINBYTES"
        case .shortBinUnicode: "SHORT_BINUNICODE"
        case .newObjEx: "NEWOBJ_EX"
        case .stackGlobal: "STACK_GLOBAL"
        case .nextBuffer: "NEXT_BUFFER"
        case .readOnlyBuffer: "READONLY_BUFFER"
        default: "\(self)".uppercased()
        }
    }
}
