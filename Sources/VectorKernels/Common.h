#include "VectorKernels.h"

// Initializes the fields of a kernel set that are for maps of float.
#define FLOAT_KERNELS(SET)                                                                                             \
    .lanes = LANES, .winograd = &winograd_kernel_set_##SET, .normalization = &normalization_kernel_set_##SET,          \
    .sampled = &sampled_kernel_set_##SET, .round = round_##SET

#define INLINE static inline __attribute__((always_inline))
// The points, their squares, and 1 / (the product of a point's distances from the others).
#define A 0.625f
#define B 1.5f
#define A2 (A * A)
#define B2 (B * B)
#define N0 (1 / (A2 * B2))
#define NA (1 / (2 * A2 * (A2 - B2)))
#define NB (1 / (2 * B2 * (B2 - A2)))
// How many input channels are summed before the sum is stored: a panel of their kernels then stays in the first-level cache.
#define DEPTH 256
// How many of them are transformed at a time when that is done on the fly: all their elements then stay in the second-level cache.
#define PART 64
