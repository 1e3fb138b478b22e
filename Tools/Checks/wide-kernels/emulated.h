#pragma once
#include <immintrin.h>
#include <string.h>

// The AVX-512 instructions that the 8-bit kernels use, as loops.
#define __m512i emulated_register
typedef int emulated_register __attribute__((ext_vector_type(16), aligned(4)));

static inline emulated_register emulated_set1(int value) { return (emulated_register)(value); }

static inline emulated_register emulated_load(const void *place)
{
    emulated_register result;
    memcpy(&result, place, sizeof result);
    return result;
}

static inline emulated_register emulated_dot_bytes(emulated_register sums, emulated_register left, emulated_register right)
{
    unsigned char a[64];
    signed char b[64];
    memcpy(a, &left, sizeof a);
    memcpy(b, &right, sizeof b);
    for (int k = 0; k < 64; k++) sums[k / 4] += a[k] * b[k];
    return sums;
}

static inline emulated_register emulated_dot_pairs(emulated_register left, emulated_register right)
{
    emulated_register sums = 0;
    short a[32], b[32];
    memcpy(a, &left, sizeof a);
    memcpy(b, &right, sizeof b);
    for (int k = 0; k < 32; k++) sums[k / 2] += a[k] * b[k];
    return sums;
}

#define _mm512_set1_epi32 emulated_set1
#define _mm512_loadu_si512 emulated_load
#define _mm512_dpbusd_epi32 emulated_dot_bytes
#define _mm512_madd_epi16 emulated_dot_pairs
