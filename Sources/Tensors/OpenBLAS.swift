import COpenBLAS
import Foundation

/// Process-wide settings of OpenBLAS: its threads, and the kernel set for this processor.
public enum OpenBLAS {
    /// The kernel set that OpenBLAS has chosen, by its own name: `Haswell`, `SkylakeX`, `Prescott`, ….
    public static var coreName: String { String(cString: openblas_get_corename()) }

    /// Turns OpenBLAS's own threads off, once; ``Parallel`` distributes the work instead. OpenBLAS with its own threads has started none
    /// (see OpenBLASThreads.c); OpenBLAS built with OpenMP would share the team's.
    static func prepare() { _ = singleThreaded }

    private static let singleThreaded: Void = openblas_set_num_threads(1)

    /// The kernel set that OpenBLAS should have chosen when it did not recognise this processor and fell back to one that is several times
    /// slower; nil when its choice is fine.
    ///
    /// Old releases recognise processors by model number and treat newer ones as the oldest kind.
    public static var betterCoreName: String? {
        guard slowCoreNames.contains(coreName.lowercased()) else { return nil }
        return preferredCoreName(processorFlags: processorFlags())
    }

    /// Restarts this program with the right kernels when OpenBLAS chose the wrong ones; must be called first in `main`.
    ///
    /// OpenBLAS reads `OPENBLAS_CORETYPE` when it is loaded, before `main`, so setting the variable needs a restart. A user's own setting
    /// is respected, and the program restarts only once.
    public static func restartWithBetterKernelsIfNeeded() {
        guard getenv("OPENBLAS_CORETYPE") == nil, let name = betterCoreName else { return }
        setenv("OPENBLAS_CORETYPE", name, 1)
        var arguments: [UnsafeMutablePointer<CChar>?] = CommandLine.arguments.map { strdup($0) }
        arguments.append(nil)
        execv("/proc/self/exe", &arguments)
        // The restart failed, so continue with the slow kernels, which compute the same.
        for argument in arguments { free(argument) }
    }

    /// Kernel sets without AVX2 and FMA. On a processor that has both, they mean that it was not recognised.
    package static let slowCoreNames: Set<String> = [
        "prescott", "core2", "penryn", "dunnington", "nehalem", "sandybridge", "atom", "barcelona", "bobcat", "opteron",
        "opteron_sse3", "bulldozer", "piledriver", "steamroller", "nano", "katmai", "coppermine", "northwood", "banias",
        "athlon", "unknown", "generic",
    ]

    /// The fastest kernel set for a processor with these features (as `/proc/cpuinfo` names them), nil when it has
    /// neither AVX2 with FMA nor AVX-512.
    package static func preferredCoreName(processorFlags flags: Set<String>) -> String? {
        if flags.isSuperset(of: ["avx512f", "avx512vl", "avx512bw", "avx512dq", "avx512cd"]) { return "SkylakeX" }
        if flags.isSuperset(of: ["avx2", "fma"]) { return "Haswell" }
        return nil
    }

    package static func processorFlags(from text: String? = nil) -> Set<String> {
        let text = text ?? (try? String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8)) ?? ""
        let line = text.split(separator: "\n").first { $0.hasPrefix("flags") }
        return Set((line ?? "").split(whereSeparator: { $0 == " " || $0 == ":" || $0 == "\t" }).map(String.init))
    }
}
