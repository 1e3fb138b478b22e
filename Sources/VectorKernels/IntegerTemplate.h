// Included after WinogradTemplate.h for each kind of processor and precision. Where BYTE_PRODUCTS, four products of bytes are summed at
// a time (VNNI); elsewhere two of bytes made 16 bits wide, whose sums are as exact. (AVX2 can sum two products of bytes, but in 16 bits,
// which do not hold all of them.)

#undef GROUP
#undef FACTOR
#undef WEIGHT
#if BYTE_PRODUCTS
#define GROUP 4
#define FACTOR unsigned char
#define WEIGHT signed char
#else
#define GROUP 2
#define FACTOR short
#define WEIGHT short
#endif

typedef int NAME(integers) __attribute__((ext_vector_type(LANES), aligned(4), may_alias));
typedef int NAME(group) __attribute__((aligned(1), may_alias));

// How much of a sum is taken at a time: a panel's weights for it stay in the first-level cache.
#define SUM_DEPTH (16384 / (PANEL * (long)sizeof(WEIGHT)))

// MARK: Products

// sums[lane] += the product of GROUP factors, the same for all lanes, and as many weights of each lane.
INLINE void NAME(add_products)(NAME(integers) *sums, const FACTOR *factors, const WEIGHT *weights)
{
#if BYTE_PRODUCTS
    *sums = (NAME(integers))_mm512_dpbusd_epi32(
        (__m512i)*sums, _mm512_set1_epi32(*(const NAME(group) *)factors), _mm512_loadu_si512(weights));
#elif LANES == 16
    *sums += (NAME(integers))_mm512_madd_epi16(
        _mm512_set1_epi32(*(const NAME(group) *)factors), _mm512_loadu_si512(weights));
#elif defined(VECTOR_AVX2)
    *sums += (NAME(integers))_mm256_madd_epi16(
        _mm256_set1_epi32(*(const NAME(group) *)factors), _mm256_loadu_si256((const __m256i *)weights));
#else
    for (long lane = 0; lane < LANES; lane++)
        for (long one = 0; one < GROUP; one++) (*sums)[lane] += factors[one] * weights[GROUP * lane + one];
#endif
}

// sums[rows][PANEL] (+)= factors[rows][depth] · weights[depth / GROUP][PANEL][GROUP].
INLINE void NAME(integer_rows)(
    const int rows, const FACTOR *factors, long pitch, const WEIGHT *weights, long depth, const int *starts, int *sums)
{
    NAME(integers) sum[ROWS][2];
#pragma clang loop unroll(full)
    for (int r = 0; r < rows; r++)
        for (int half = 0; half < 2; half++)
            sum[r][half] = *(const NAME(integers) *)((starts ? starts : sums + r * PANEL) + half * LANES);
    for (long k = 0; k < depth; k += GROUP) {
#pragma clang loop unroll(full)
        for (int r = 0; r < rows; r++) {
            NAME(add_products)(&sum[r][0], factors + r * pitch + k, weights + k * PANEL);
            NAME(add_products)(&sum[r][1], factors + r * pitch + k, weights + k * PANEL + LANES * GROUP);
        }
    }
#pragma clang loop unroll(full)
    for (int r = 0; r < rows; r++)
        for (int half = 0; half < 2; half++) *(NAME(integers) *)(sums + r * PANEL + half * LANES) = sum[r][half];
}

static void NAME(integer_product)(
    long rows, const FACTOR *factors, long pitch, const WEIGHT *weights, long depth, const int *starts, int *sums)
{
    for (; rows >= ROWS; rows -= ROWS, factors += ROWS * pitch, sums += ROWS * PANEL)
        NAME(integer_rows)(ROWS, factors, pitch, weights, depth, starts, sums);
    switch (rows) {
#define CASE(n) case n: NAME(integer_rows)(n, factors, pitch, weights, depth, starts, sums); break;
    ROW_CASES(CASE)
#undef CASE
    default: break;
    }
}

// Weights as they are multiplied: kept as bytes, of which memory gives twice as many in the time, and widened once for all positions of an
// item.
INLINE const WEIGHT *NAME(widened)(const signed char *weights, long count, WEIGHT *wide)
{
#if BYTE_PRODUCTS
    (void)count, (void)wide;
    return weights;
#else
    for (long k = 0; k < count; k++) wide[k] = weights[k];
    return wide;
#endif
}

// MARK: What a pass consists of

INLINE long NAME(integer_depth)(const struct integer_pass *pass)
{
    return (pass->kernel_rows * pass->kernel_columns * pass->blocks * pass->width + GROUP - 1) / GROUP * GROUP;
}

// Rows of a power of two would all meet in the same few places of a cache.
INLINE long NAME(integer_pitch)(const struct integer_pass *pass)
{
    return NAME(integer_depth)(pass) + 64 / (long)sizeof(FACTOR);
}

INLINE long NAME(integer_panels)(const struct integer_pass *pass) { return NAME(parts)(pass->target_blocks, 2); }

static long NAME(integer_items)(const struct integer_pass *pass)
{
    return pass->images * NAME(parts)(pass->result_rows * pass->result_columns, pass->positions)
        * NAME(parts)(NAME(integer_panels)(pass), pass->panels);
}

INLINE long NAME(factors_size)(const struct integer_pass *pass)
{
    return (pass->positions * NAME(integer_pitch)(pass) * (long)sizeof(FACTOR) + 63) / 64 * 64;
}

static long NAME(integer_scratch)(const struct integer_pass *pass)
{
    return NAME(factors_size)(pass) + pass->positions * PANEL * (long)sizeof(int) + SUM_DEPTH * PANEL * (long)sizeof(WEIGHT);
}

static long NAME(integer_weights_size)(const struct integer_pass *pass)
{
    return NAME(integer_panels)(pass) * NAME(integer_depth)(pass) * PANEL;
}

// `[kernel element, block, channel of the block]` of the weights of each output channel of a panel become
// `[group, output channel, one of the group]`.
static void NAME(pack_integers)(const struct integer_pass *pass, const signed char *weights, long panel)
{
    const long given = pass->kernel_rows * pass->kernel_columns * pass->blocks * pass->width;
    const long depth = NAME(integer_depth)(pass);
    signed char *packed = (signed char *)pass->weights + panel * depth * PANEL;
    for (long channel = 0; channel < PANEL; channel++)
        for (long k = 0; k < depth; k++)
            packed[(k / GROUP * PANEL + channel) * GROUP + k % GROUP]
                = k < given ? weights[(panel * PANEL + channel) * given + k] : 0;
}

// MARK: Factors

// The codes of one block that one kernel element meets, for positions side by side.
INLINE void NAME(copy_codes)(
    const long width, const unsigned char *source, long step, FACTOR *target, long pitch, long count)
{
    switch (width) {
#define CASE(n)                                                                                                        \
    case n: {                                                                                                          \
        typedef unsigned char codes __attribute__((ext_vector_type(n), aligned(1), may_alias));                        \
        typedef FACTOR factors __attribute__((ext_vector_type(n), aligned(1), may_alias));                             \
        for (long c = 0; c < count; c++)                                                                               \
            *(factors *)(target + c * pitch) = __builtin_convertvector(*(const codes *)(source + c * step), factors);  \
        break;                                                                                                         \
    }
    CASE(4) CASE(8) CASE(16)
#undef CASE
    default: break;
    }
}

// `[position, kernel element, block, channel of the block]`.
static void NAME(gather_factors)(const struct integer_pass *pass, long image, long first, long count, FACTOR *factors)
{
    const long pitch = NAME(integer_pitch)(pass), area = pass->rows * pass->columns, tap = pass->blocks * pass->width;
    const long depth = NAME(integer_depth)(pass), given = pass->kernel_rows * pass->kernel_columns * tap;
    unsigned char nothing[LANES];
    for (long lane = 0; lane < LANES; lane++) nothing[lane] = (unsigned char)pass->zero;
    const unsigned char *map = pass->source + image * pass->blocks * area * LANES;
    for (long done = 0; done < count;) {
        const long position = first + done, y = position / pass->result_columns, x = position % pass->result_columns;
        const long run = pass->result_columns - x < count - done ? pass->result_columns - x : count - done;
        FACTOR *row = factors + done * pitch;
        for (long i = 0; i < pass->kernel_rows; i++)
            for (long j = 0; j < pass->kernel_columns; j++, row += tap) {
                const long source_row = y * pass->stride_row + i * pass->dilation_row - pass->padding_row;
                const long column = x * pass->stride_column + j * pass->dilation_column - pass->padding_column;
                // How many positions look left of the map, and how many not right of it.
                long before = column < 0 ? NAME(parts)(-column, pass->stride_column) : 0;
                long end = column < pass->columns ? NAME(parts)(pass->columns - column, pass->stride_column) : 0;
                if (source_row < 0 || source_row >= pass->rows) before = run;
                before = before < run ? before : run;
                end = end > before ? (end < run ? end : run) : before;
                const unsigned char *start = map + (source_row * pass->columns + column) * LANES;
                const long step = pass->stride_column * LANES;
                for (long b = 0; b < pass->blocks; b++) {
                    FACTOR *target = row + b * pass->width;
                    NAME(copy_codes)(pass->width, nothing, 0, target, pitch, before);
                    if (end > before)
                        NAME(copy_codes)(
                            pass->width, start + b * area * LANES + before * step, step, target + before * pitch, pitch, end - before);
                    NAME(copy_codes)(pass->width, nothing, 0, target + end * pitch, pitch, run - end);
                }
            }
        for (long k = given; k < depth; k++)
            for (long p = 0; p < run; p++) factors[(done + p) * pitch + k] = 0;
        done += run;
    }
}

// MARK: A convolution of integers

INLINE void NAME(finish_steps)(
    const struct integer_pass *pass, const int steps, long image, long first, long count, long block, const int *sums)
{
    const struct vector_finish finish = pass->finish;
    const long area = pass->target_rows * pass->target_columns, columns = pass->result_columns;
    const long step = pass->step_column * LANES;
    const vec factor = LOAD(pass->factors + block * LANES), shift = LOAD(pass->shifts + block * LANES);
    const long plane = (image * pass->target_blocks + block) * area;
    for (long p = 0; p < count;) {
        const long y = (first + p) / columns, x = (first + p) % columns;
        const long run = columns - x < count - p ? columns - x : count - p;
        const long row = plane + (pass->first_row + y * pass->step_row) * pass->target_columns + pass->first_column;
        const long place = row * LANES + x * step;
        for (long c = 0; c < run; c++) {
            vec value = __builtin_convertvector(*(const NAME(integers) *)(sums + (p + c) * PANEL), vec) * factor + shift;
            NAME(put)(&finish, steps, &value, place + c * step, 0);
        }
        p += run;
    }
}

static void NAME(finish_integers)(
    const struct integer_pass *pass, long image, long first, long count, long block, const int *sums)
{
    switch (NAME(steps)(&pass->finish)) {
#define CASE(n) case n: NAME(finish_steps)(pass, n, image, first, count, block, sums); break;
    CASE(0) CASE(1) CASE(2) CASE(3) CASE(4) CASE(5) CASE(8) CASE(9) CASE(10) CASE(11) CASE(12) CASE(13)
#undef CASE
    default: break;
    }
}

static void NAME(convolve_integers)(const struct integer_pass *pass, void *scratch, long item)
{
    const long panels = NAME(integer_panels)(pass), panel_parts = NAME(parts)(panels, pass->panels);
    const long area = pass->result_rows * pass->result_columns, bands = NAME(parts)(area, pass->positions);
    const long first_panel = item % panel_parts * pass->panels, band = item / panel_parts;
    const long image = band / bands, first = band % bands * pass->positions;
    const long count = area - first < pass->positions ? area - first : pass->positions;
    const long end_panel = panels < first_panel + pass->panels ? panels : first_panel + pass->panels;
    const long depth = NAME(integer_depth)(pass), pitch = NAME(integer_pitch)(pass);
    FACTOR *factors = scratch;
    int *sums = (int *)((char *)scratch + NAME(factors_size)(pass));
    WEIGHT *wide = (WEIGHT *)(sums + pass->positions * PANEL);
    NAME(gather_factors)(pass, image, first, count, factors);
    for (long panel = first_panel; panel < end_panel; panel++) {
        const signed char *weights = (const signed char *)pass->weights + panel * depth * PANEL;
        for (long k = 0; k < depth; k += SUM_DEPTH) {
            const long part = depth - k < SUM_DEPTH ? depth - k : SUM_DEPTH;
            NAME(integer_product)(
                count, factors + k, pitch, NAME(widened)(weights + k * PANEL, part * PANEL, wide), part,
                k == 0 ? pass->starts + panel * PANEL : 0, sums);
        }
        for (long half = 0; half < 2 && 2 * panel + half < pass->target_blocks; half++)
            NAME(finish_integers)(pass, image, first, count, 2 * panel + half, sums + half * LANES);
    }
}

// MARK: Maps of bytes

static void NAME(finish_cells)(const struct vector_finish *given, const void *source, long count)
{
    const struct vector_finish finish = *given;
    const int steps = NAME(steps)(&finish);
    for (long cell = 0; cell < count; cell++) {
        vec value = LOAD_CELL((const CELL *)source + cell * LANES);
        NAME(put)(&finish, steps, &value, cell * LANES, 1);
    }
}

static void NAME(read_bytes)(const struct byte_form *form, const unsigned char *source, void *target, long count)
{
    const vec scale = (vec)(form->scale);
    for (long cell = 0; cell < count; cell++) {
        vec value;
        NAME(wholes)(source + cell * LANES, form->zero, &value);
        STORE_CELL((CELL *)target + cell * LANES, value * scale);
    }
}

// Of one channel after the other, as maps lie outside, at most as many as lanes.
static void NAME(plain_bytes)(
    const struct vector_rounding *rounding, const float *source, long step, long channels, unsigned char *target, long count)
{
    const struct vector_rounding numbers = *rounding;
    for (long cell = 0; cell < count * LANES; cell++) target[cell] = (unsigned char)-numbers.lowest;
    for (long channel = 0; channel < channels; channel++)
        for (long cell = 0; cell < count; cell += LANES) {
            const long width = count - cell < LANES ? count - cell : LANES;
            vec value = (vec)(0);
            if (width == LANES)
                value = LOAD(source + channel * step + cell);
            else
                for (long lane = 0; lane < width; lane++) value[lane] = source[channel * step + cell + lane];
            NAME(round_to_wholes)(&numbers, &value, 0);
            value = (value == value ? value : (vec)(0)) - numbers.lowest;
            const NAME(wide_codes) codes = __builtin_convertvector(value, NAME(wide_codes));
            unsigned char *place = target + cell * LANES + channel;
            if (width == LANES) {
#pragma clang loop unroll(full)
                for (long lane = 0; lane < LANES; lane++) place[lane * LANES] = (unsigned char)codes[lane];
            } else {
                for (long lane = 0; lane < width; lane++) place[lane * LANES] = (unsigned char)codes[lane];
            }
        }
}

static void NAME(largest_bytes)(const struct byte_window *window, long item)
{
    const long plane = item / window->target_rows, y = item % window->target_rows;
    const unsigned char *map = window->source + plane * window->rows * window->columns * LANES;
    unsigned char *target = window->target + item * window->target_columns * LANES;
    const long top = y * window->stride_row - window->padding_row;
    const long first_row = top > 0 ? top : 0;
    const long end_row = top + window->kernel_rows < window->rows ? top + window->kernel_rows : window->rows;
    for (long x = 0; x < window->target_columns; x++) {
        const long left = x * window->stride_column - window->padding_column;
        const long first = left > 0 ? left : 0;
        const long end = left + window->kernel_columns < window->columns ? left + window->kernel_columns : window->columns;
        NAME(codes) largest = 0;
        for (long row = first_row; row < end_row; row++)
            for (long column = first; column < end; column++)
                largest = __builtin_elementwise_max(largest, *(const NAME(codes) *)(map + (row * window->columns + column) * LANES));
        *(NAME(codes) *)(target + x * LANES) = largest;
    }
}

static const struct integer_kernel_set NAME(integer_kernel_set) = {
    .items = NAME(integer_items),
    .scratch = NAME(integer_scratch),
    .weights_size = NAME(integer_weights_size),
    .pack_weights = NAME(pack_integers),
    .convolve = NAME(convolve_integers),
    .finish_cells = NAME(finish_cells),
    .read_bytes = NAME(read_bytes),
    .plain_bytes = NAME(plain_bytes),
    .largest_bytes = NAME(largest_bytes),
};
