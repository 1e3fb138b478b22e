#include "VectorKernels.h"

extern const struct vector_kernel_set vector_kernel_set_plain;
#if defined(__x86_64__)
extern const struct vector_kernel_set vector_kernel_set_avx2, vector_kernel_set_avx512, vector_kernel_set_avx512_vnni,
    vector_kernel_set_avx512_bfloat16;
#endif

const struct vector_kernel_set *const *vector_kernel_sets(void)
{
    static const struct vector_kernel_set *sets[6];
    int count = 0;
#if defined(__x86_64__)
    __builtin_cpu_init();
    if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512bw")
        && __builtin_cpu_supports("avx512dq")) {
        if (__builtin_cpu_supports("avx512vnni")) {
            if (__builtin_cpu_supports("avx512bf16")) sets[count++] = &vector_kernel_set_avx512_bfloat16;
            sets[count++] = &vector_kernel_set_avx512_vnni;
        }
        sets[count++] = &vector_kernel_set_avx512;
    }
    if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) sets[count++] = &vector_kernel_set_avx2;
#endif
    sets[count++] = &vector_kernel_set_plain;
    sets[count] = 0;
    return sets;
}
