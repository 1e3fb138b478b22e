#pragma once
#include <cblas.h>

// LAPACK, which is part of OpenBLAS, but whose functions its headers do not declare. Matrices are stored column by column.
void dgesdd_(
    const char *job, const blasint *rows, const blasint *columns, double *matrix, const blasint *matrix_stride,
    double *values, double *left, const blasint *left_stride, double *right, const blasint *right_stride,
    double *work, const blasint *work_count, blasint *integer_work, blasint *info);

void dgeqrf_(
    const blasint *rows, const blasint *columns, double *matrix, const blasint *matrix_stride, double *factors,
    double *work, const blasint *work_count, blasint *info);
