import CDNNL
import Synchronization

/// oneDNN's CPU engine, and the stream in which its primitives run one after the other.
final class Engine {
    let engine: dnnl_engine_t
    let stream: dnnl_stream_t

    /// Creates an engine without oneDNN's cache of primitives: building kernels takes no longer than looking them up (a network of 700
    /// operations compiles a fifth faster), and an incorrect kernel would be shared by all programs.
    init() throws(OneDNNError) {
        try check("dnnl_set_primitive_cache_capacity", dnnl_set_primitive_cache_capacity(0))
        var engine: dnnl_engine_t?
        try check("dnnl_engine_create", dnnl_engine_create(&engine, dnnl_cpu, 0))
        self.engine = try require("dnnl_engine_create", engine)
        var stream: dnnl_stream_t?
        try check(
            "dnnl_stream_create", dnnl_stream_create(&stream, self.engine, UInt32(dnnl_stream_default_flags.rawValue)))
        self.stream = try require("dnnl_stream_create", stream)
    }

    /// Creates a kernel while no other thread does: some kernels of oneDNN 2.6 compute wrong results if they are created concurrently.
    static func alone<Result>(_ body: () -> Result) -> Result { turn.withLock { _ in body() } }

    private static let turn = Mutex(())

    deinit {
        dnnl_stream_destroy(stream)
        dnnl_engine_destroy(engine)
    }
}
