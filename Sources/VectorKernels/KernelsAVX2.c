#if defined(__x86_64__)
#include "Common.h"
#define LANES 8
#define ROWS 6
#define NAME(x) x##_avx2
#define NAMED "AVX2"
#pragma clang attribute push(__attribute__((target("avx2,fma"))), apply_to = function)
#include "WinogradTemplate.h"
#include "NormalizationTemplate.h"
#pragma clang attribute pop
#endif
