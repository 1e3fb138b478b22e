#include "Common.h"
#define LANES 8
#define ROWS 6
#define TILE 4
#define HALF_CELLS 0
#define HALF_VALUES 0
#define BYTE_PRODUCTS 0
#define NAME(x) x##_plain
#include "WinogradTemplate.h"
#include "NormalizationTemplate.h"
#include "SamplingTemplate.h"
#include "IntegerTemplate.h"

const struct vector_kernel_set vector_kernel_set_plain = {
    .name = "any processor",
    FLOAT_KERNELS(plain),
    .integer = &integer_kernel_set_plain,
};
