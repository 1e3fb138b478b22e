import CTurboJPEG
import Foundation

/// A TurboJPEG instance, freed with its last reference.
final class TurboJPEG {
    enum Purpose { case encoding, decoding }

    let handle: tjhandle

    init?(_ purpose: Purpose) {
        guard let handle = purpose == .encoding ? tjInitCompress() : tjInitDecompress() else { return nil }
        self.handle = handle
    }

    deinit { tjDestroy(handle) }

    /// The library's error or warning for a call that returned `status`; nil if the call succeeded.
    func complaint(_ status: Int32) -> JPEGComplaint? {
        if status == 0 { return nil }
        return JPEGComplaint(
            message: tjGetErrorStr2(handle).map { String(cString: $0) } ?? "unknown error",
            isWarning: tjGetErrorCode(handle) == Int32(bitPattern: TJERR_WARNING.rawValue))
    }
}

/// An error or a warning of the JPEG library, whose kinds are distinguished by their text alone.
struct JPEGComplaint: Error {
    let message: String
    let isWarning: Bool

    /// Whether the pixels are complete nevertheless: stray bytes between segments, unknown variants of a header.
    var isHarmless: Bool {
        isWarning
            && (isAboutStrayBytes || ["unknown", "ICC", "Invalid SOS parameters"].contains(where: contains))
    }

    var isAboutStrayBytes: Bool { contains("extraneous bytes") }

    private var isAboutMissingData: Bool { contains("premature end") }

    private func contains(_ words: String) -> Bool { message.range(of: words, options: .caseInsensitive) != nil }

    func error(path: String) -> ImageError {
        isAboutMissingData ? .truncated(path: path) : .corrupt(path: path, reason: message)
    }
}
