#pragma once
#include <cblas.h>

// LAPACK, which OpenBLAS holds but whose functions its headers do not declare. Matrices are stored column by column.
void sgesdd_(
    const char *job, const blasint *rows, const blasint *columns, float *matrix, const blasint *matrix_stride,
    float *values, float *left, const blasint *left_stride, float *right, const blasint *right_stride,
    float *work, const blasint *work_count, blasint *integer_work, blasint *info);
