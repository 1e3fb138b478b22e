import CDNNL

/// The processor as oneDNN sees it, and the queue that its primitives run in, one after the other.
final class Engine {
    let engine: dnnl_engine_t
    let stream: dnnl_stream_t

    init() throws(OneDNNError) {
        var engine: dnnl_engine_t?
        try check("dnnl_engine_create", dnnl_engine_create(&engine, dnnl_cpu, 0))
        self.engine = try require("dnnl_engine_create", engine)
        var stream: dnnl_stream_t?
        try check(
            "dnnl_stream_create", dnnl_stream_create(&stream, self.engine, UInt32(dnnl_stream_default_flags.rawValue)))
        self.stream = try require("dnnl_stream_create", stream)
    }

    deinit {
        dnnl_stream_destroy(stream)
        dnnl_engine_destroy(engine)
    }
}
