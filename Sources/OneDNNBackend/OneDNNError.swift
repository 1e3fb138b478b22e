import CDNNL

/// A call that oneDNN refused.
public struct OneDNNError: Error, Equatable, CustomStringConvertible {
    /// The function's name.
    public let call: String
    /// Its status, one of the constants of the library's header.
    public let status: UInt32

    /// A sentence for the terminal.
    public var description: String {
        status == dnnl_out_of_memory.rawValue
            ? "there is not enough memory (oneDNN's \(call))" : "oneDNN refuses \(call) (status \(status))"
    }
}

/// Turns a status into an error with the call's name.
func check(_ call: StaticString, _ status: dnnl_status_t) throws(OneDNNError) {
    if status != dnnl_success { throw OneDNNError(call: "\(call)", status: status.rawValue) }
}

/// Returns the handle that a call wrote, which a successful call always does.
func require<Handle>(_ call: StaticString, _ handle: Handle?) throws(OneDNNError) -> Handle {
    guard let handle else { throw OneDNNError(call: "\(call)", status: dnnl_runtime_error.rawValue) }
    return handle
}
