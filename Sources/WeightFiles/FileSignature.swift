/// The kind of a file according to its first bytes.
enum FileSignature {
    case zip
    case legacy
    /// Possibly a safetensors file: nothing contradicts it.
    case perhapsSafeTensors
    /// Another kind of file; a phrase.
    case other(String)

    init(_ bytes: FileBytes) {
        func begins(_ text: String) -> Bool { bytes.has(text.utf8) }
        if bytes.has([0x50, 0x4b, 0x03, 0x04]) || bytes.has([0x50, 0x4b, 0x05, 0x06]) {
            self = .zip
        } else if PyTorchFile.isLegacy(bytes) {
            self = .legacy
        } else if bytes.has("ustar".utf8, at: 257) {
            self = .other(
                "it is a tar archive, which only PyTorch before 0.1.10 wrote; load it and save it with a later version"
            )
        } else if bytes.has([0x80]), (2...5).contains(bytes.integer(UInt8.self, at: 1) ?? 0),
            !bytes.has("{".utf8, at: 8)
        {
            // The header length of a safetensors file may also begin with these bytes; its header follows.
            self = .other("it is a pickle that torch.save did not write")
        } else if bytes.has([0x89, 0x48, 0x44, 0x46]) {
            self = .other("it is an HDF5 file, as Keras writes them")
        } else if begins("version https://git-lfs") {
            self = .other("it is a Git LFS pointer; `git lfs pull` downloads the file")
        } else if begins("<!DOCTYPE") || begins("<!doctype") || begins("<html") {
            self = .other("it is a web page: the download failed")
        } else if bytes.count == 0 {
            self = .other("it is empty")
        } else {
            self = .perhapsSafeTensors
        }
    }
}
