#include "VectorKernels.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

struct shape { long side, inputs, outputs, kernel, stride, padding, positions, panels, width; int adds; };

static const struct shape shapes[] = {
    {9, 40, 20, 3, 2, 1, 20, 1, 0, 1},
    {9, 40, 40, 3, 1, 1, 7, 5, 0, 0},
    {5, 33, 100, 1, 1, 0, 54, 2, 0, 1},
    {17, 3, 70, 7, 2, 3, 30, 5, 4, 1},
    {14, 600, 64, 3, 1, 1, 48, 5, 0, 0},
    {6, 4, 9, 5, 1, 4, 48, 5, 4, 0},
};

enum { SOURCE_ZERO = 7, SUMMAND_ZERO = 100 };

static float rounded(float value, float scale)
{
    return fminf(127, fmaxf(-128, rintf(value * (1 / scale))));
}

// Returns how many results are more than one rounding step from the definition's.
static long check(const struct vector_kernel_set *set, const struct shape *shape)
{
    const struct integer_kernel_set *kernels = set->integer;
    const long lanes = set->lanes, side = shape->side, kernel = shape->kernel;
    const long out = (side + 2 * shape->padding - kernel) / shape->stride + 1;
    struct integer_pass pass = {
        .zero = SOURCE_ZERO, .images = 1, .blocks = (shape->inputs + lanes - 1) / lanes, .rows = side, .columns = side,
        .width = shape->width ? shape->width : lanes, .result_rows = out, .result_columns = out,
        .target_blocks = (shape->outputs + lanes - 1) / lanes, .target_rows = out, .target_columns = out, .step_row = 1,
        .step_column = 1, .kernel_rows = kernel, .kernel_columns = kernel, .stride_row = shape->stride,
        .stride_column = shape->stride, .padding_row = shape->padding, .padding_column = shape->padding,
        .dilation_row = 1, .dilation_column = 1, .positions = shape->positions, .panels = shape->panels};
    pass.shares_rows = pass.blocks == 1 && pass.width < lanes;
    const long channels = (pass.target_blocks + 1) / 2 * 2 * lanes, depth = kernel * kernel * pass.blocks * pass.width;
    const long sources = pass.blocks * side * side * lanes, targets = pass.target_blocks * out * out * lanes;
    unsigned char *source = malloc(sources), *target = malloc(targets), *summand = malloc(targets);
    signed char *weights = calloc(channels * depth, 1);
    int *starts = calloc(channels, sizeof *starts);
    float *factors = calloc(channels, sizeof *factors), *shifts = calloc(channels, sizeof *shifts);
    for (long k = 0; k < sources; k++) source[k] = (unsigned char)rand();
    for (long k = 0; k < targets; k++) summand[k] = (unsigned char)rand();
    for (long o = 0; o < shape->outputs; o++) {
        for (long k = 0; k < depth; k++) {
            if (k / pass.width % pass.blocks * lanes + k % pass.width >= shape->inputs) continue;
            weights[o * depth + k] = (signed char)(rand() % 255 - 127);
            starts[o] -= SOURCE_ZERO * weights[o * depth + k];
        }
        factors[o] = 0.001f / sqrtf((float)depth);
        shifts[o] = 0.5f;
    }
    pass.source = source;
    pass.weights = malloc(kernels->weights_size(&pass));
    for (long panel = 0; panel < (pass.target_blocks + 1) / 2; panel++) kernels->pack_weights(&pass, weights, panel);
    pass.starts = starts;
    pass.factors = factors;
    pass.shifts = shifts;
    pass.finish = (struct vector_finish){
        .target = target, .rectifies = 1, .writes_bytes = 1, .last_rounding = {0.1f, -128, 127, 0.1f}};
    if (shape->adds) {
        pass.finish.rounds = 1;
        pass.finish.rounding = (struct vector_rounding){0.05f, -128, 127, 0.05f};
        pass.finish.summand = summand;
        pass.finish.adds_bytes = 1;
        pass.finish.summand_form = (struct byte_form){0.05f, SUMMAND_ZERO};
    }
    void *scratch = malloc(kernels->scratch(&pass));
    for (long item = 0; item < kernels->items(&pass); item++) kernels->convolve(&pass, scratch, item);
    long wrong = 0;
    for (long o = 0; o < shape->outputs; o++)
        for (long y = 0; y < out; y++)
            for (long x = 0; x < out; x++) {
                long sum = 0;
                for (long i = 0; i < kernel; i++)
                    for (long j = 0; j < kernel; j++) {
                        const long row = y * shape->stride + i - shape->padding, column = x * shape->stride + j - shape->padding;
                        if (row < 0 || column < 0 || row >= side || column >= side) continue;
                        for (long c = 0; c < shape->inputs; c++)
                            sum += (source[((c / lanes * side + row) * side + column) * lanes + c % lanes] - SOURCE_ZERO)
                                * weights[o * depth + ((i * kernel + j) * pass.blocks + c / lanes) * pass.width + c % lanes];
                    }
                const long place = ((o / lanes * out + y) * out + x) * lanes + o % lanes;
                float value = (float)sum * factors[o] + shifts[o];
                if (shape->adds) value = rounded(value, 0.05f) * 0.05f + (summand[place] - SUMMAND_ZERO) * 0.05f;
                wrong += fabsf(rounded(fmaxf(value, 0), 0.1f) + 128 - target[place]) > 1;
            }
    void *all[] = {source, target, summand, weights, starts, factors, shifts, pass.weights, scratch};
    for (unsigned k = 0; k < sizeof all / sizeof *all; k++) free(all[k]);
    return wrong;
}

int main(void)
{
    long wrong = 0;
    for (const struct vector_kernel_set *const *sets = vector_kernel_sets(); *sets; sets++)
        for (unsigned k = 0; k < sizeof shapes / sizeof *shapes; k++) {
            const struct shape *shape = &shapes[k];
            const long found = check(*sets, shape);
            printf("%-14s %ldx%ld, %ld to %ld channels, %ldx%ld: %ld wrong\n", (*sets)->name, shape->side, shape->side,
                shape->inputs, shape->outputs, shape->kernel, shape->kernel, found);
            wrong += found;
        }
    return wrong > 0;
}
