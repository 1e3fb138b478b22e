#include "VectorKernels.h"

extern const struct winograd_kernel_set winograd_kernel_set_plain;
#if defined(__x86_64__)
extern const struct winograd_kernel_set winograd_kernel_set_avx2, winograd_kernel_set_avx512;
#endif

const struct winograd_kernel_set *const *winograd_kernel_sets(void)
{
    static const struct winograd_kernel_set *sets[4];
    int count = 0;
#if defined(__x86_64__)
    __builtin_cpu_init();
    if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512bw")
        && __builtin_cpu_supports("avx512dq"))
        sets[count++] = &winograd_kernel_set_avx512;
    if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) sets[count++] = &winograd_kernel_set_avx2;
#endif
    sets[count++] = &winograd_kernel_set_plain;
    sets[count] = 0;
    return sets;
}
