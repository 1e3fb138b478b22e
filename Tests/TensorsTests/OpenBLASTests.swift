import Foundation
import Tensors
import Testing

/// The rules for choosing a better kernel set; the restart itself is tested on the built program.
@Suite struct OpenBLASTests {
    @Test func kernelsFollowTheProcessorsFeatures() {
        let avx2: Set<String> = ["sse2", "avx", "avx2", "fma"]
        #expect(OpenBLAS.preferredCoreName(processorFlags: ["sse2", "sse4_2", "avx"]) == nil)
        #expect(OpenBLAS.preferredCoreName(processorFlags: avx2) == "Haswell")
        #expect(OpenBLAS.preferredCoreName(processorFlags: avx2.union(["avx512f"])) == "Haswell")
        let avx512: Set<String> = ["avx512f", "avx512vl", "avx512bw", "avx512dq", "avx512cd"]
        #expect(OpenBLAS.preferredCoreName(processorFlags: avx2.union(avx512)) == "SkylakeX")
    }

    @Test func flagsAreReadFromTheProcessorTable() {
        let text = "processor\t: 0\nmodel name\t: Some\nflags\t\t: fpu avx2 fma\nflags\t\t: never\n"
        #expect(OpenBLAS.processorFlags(from: text).isSuperset(of: ["fpu", "avx2", "fma"]))
        #expect(OpenBLAS.processorFlags(from: "") == [])
    }

    @Test func onlySlowChoicesAreReplaced() {
        for name in ["haswell", "skylakex", "zen", "cooperlake", "sapphirerapids"] {
            #expect(!OpenBLAS.slowCoreNames.contains(name))
        }
        #expect(OpenBLAS.slowCoreNames.contains("prescott"))
    }

    /// Where threads are short, OpenBLAS would end the program before its first line.
    @Test func noThreadsAreStartedForProducts() {
        // Builds with OpenMP use the team's threads; builds without threads have no such variable.
        guard openblas_get_parallel() == 1, let number = dlsym(nil, "blas_num_threads") else { return }
        #expect(number.load(as: Int32.self) == 1)
    }
}

@_silgen_name("openblas_get_parallel") private func openblas_get_parallel() -> Int32
