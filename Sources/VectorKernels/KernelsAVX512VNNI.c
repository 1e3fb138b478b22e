#if defined(__x86_64__)
#include "Common.h"
#include <immintrin.h>
#define LANES 16
#define ROWS 12
#define TILE 4
#define HALF_CELLS 0
#define HALF_VALUES 0
#define BYTE_PRODUCTS 1
#define NAME(x) x##_avx512_vnni
#pragma clang attribute push(__attribute__((target("avx512f,avx512vl,avx512bw,avx512dq,avx512vnni,fma"))), apply_to = function)
#include "WinogradTemplate.h"
#include "NormalizationTemplate.h"
#include "SamplingTemplate.h"
#include "IntegerTemplate.h"
#pragma clang attribute pop

const struct vector_kernel_set vector_kernel_set_avx512_vnni = {
    .name = "AVX-512 VNNI",
    FLOAT_KERNELS(avx512_vnni),
    .integer = &integer_kernel_set_avx512_vnni,
    .multiplies_bytes = 1,
};

#pragma clang attribute push( \
    __attribute__((target("avx512f,avx512vl,avx512bw,avx512dq,avx512vnni,avx512bf16,fma"))), apply_to = function)
#undef HALF_CELLS
#undef NAME
#define HALF_CELLS 1
#define NAME(x) x##_avx512_bfloat16_maps
#include "WinogradTemplate.h"
#include "NormalizationTemplate.h"
#include "IntegerTemplate.h"
#undef HALF_VALUES
#undef NAME
#define HALF_VALUES 1
#define NAME(x) x##_avx512_bfloat16
#include "WinogradTemplate.h"
#include "SamplingTemplate.h"
#undef TILE
#undef NAME
#define TILE 2
#define NAME(x) x##_avx512_bfloat16_fine
#include "WinogradTemplate.h"
#pragma clang attribute pop

const struct vector_kernel_set vector_kernel_set_avx512_bfloat16 = {
    .name = "AVX-512",
    FLOAT_KERNELS(avx512_vnni),
    .winograd_bfloat16_maps = &winograd_kernel_set_avx512_bfloat16_maps,
    .winograd_bfloat16 = &winograd_kernel_set_avx512_bfloat16,
    .winograd_bfloat16_fine = &winograd_kernel_set_avx512_bfloat16_fine,
    .normalization_bfloat16 = &normalization_kernel_set_avx512_bfloat16_maps,
    .sampled_bfloat16 = &sampled_kernel_set_avx512_bfloat16,
    .round_bfloat16 = round_avx512_bfloat16_maps,
    .integer = &integer_kernel_set_avx512_vnni,
    .multiplies_bytes = 1,
    .integer_bfloat16 = &integer_kernel_set_avx512_bfloat16_maps,
};
#endif
