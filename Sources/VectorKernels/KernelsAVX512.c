#if defined(__x86_64__)
#include "Common.h"
#include <immintrin.h>
#define LANES 16
#define ROWS 12
#define TILE 4
#define HALF_CELLS 0
#define HALF_VALUES 0
#define BYTE_PRODUCTS 0
#define NAME(x) x##_avx512
#pragma clang attribute push(__attribute__((target("avx512f,avx512vl,avx512bw,avx512dq,fma"))), apply_to = function)
#include "WinogradTemplate.h"
#include "NormalizationTemplate.h"
#include "SamplingTemplate.h"
#include "IntegerTemplate.h"
#pragma clang attribute pop

const struct vector_kernel_set vector_kernel_set_avx512 = {
    .name = "AVX-512",
    FLOAT_KERNELS(avx512),
    .integer = &integer_kernel_set_avx512,
};
#endif
