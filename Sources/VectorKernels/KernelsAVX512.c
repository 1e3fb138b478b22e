#if defined(__x86_64__)
#include "Common.h"
#define LANES 16
#define ROWS 12
#define NAME(x) x##_avx512
#define NAMED "AVX-512"
#pragma clang attribute push(__attribute__((target("avx512f,avx512vl,avx512bw,avx512dq,fma"))), apply_to = function)
#include "WinogradTemplate.h"
#include "NormalizationTemplate.h"
#pragma clang attribute pop
#endif
