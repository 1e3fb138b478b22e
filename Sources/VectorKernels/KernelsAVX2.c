#if defined(__x86_64__)
#include "Common.h"
#include <immintrin.h>
#define LANES 8
#define ROWS 6
#define TILE 4
#define HALF_CELLS 0
#define HALF_VALUES 0
#define BYTE_PRODUCTS 0
#define VECTOR_AVX2
#define NAME(x) x##_avx2
#pragma clang attribute push(__attribute__((target("avx2,fma"))), apply_to = function)
#include "WinogradTemplate.h"
#include "NormalizationTemplate.h"
#include "SamplingTemplate.h"
#include "IntegerTemplate.h"
#pragma clang attribute pop

const struct vector_kernel_set vector_kernel_set_avx2 = {
    .name = "AVX2",
    FLOAT_KERNELS(avx2),
    .integer = &integer_kernel_set_avx2,
};
#endif
