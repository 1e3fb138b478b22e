// Included after WinogradTemplate.h for each kind of processor and precision. If BYTE_PRODUCTS, four products of bytes are summed at a time
// (VNNI); otherwise two products of bytes widened to 16 bits, whose sums are just as exact. (AVX2 can sum two products of bytes directly,
// but in 16 bits, which can overflow.)

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

// How much of a sum is computed at a time: a panel's weights for it then stay in the first-level cache.
#define SUM_DEPTH (16384 / (PANEL * (long)sizeof(WEIGHT)))

// MARK: Products

// sums[lane] += the sum of the products of GROUP factors, the same for all lanes, with GROUP weights of each lane.
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

// The layout of the factors of neighbouring positions: `[copy, position, one of `width`]`, with one copy for each block and kernel element;
// or, if maps have few channels, one for each row of the kernel, whose positions then overlap in memory.
struct NAME(factors) {
    const FACTOR *start;
    // Distances from one position to the next, and from one copy to the next.
    long step, copy;
};

// sums[rows][PANEL] (+)= factors[copies][rows][width] · weights[copies][width / GROUP][PANEL][GROUP].
INLINE void NAME(integer_rows)(
    const int rows, struct NAME(factors) factors, long width, const WEIGHT *weights, long copies, const int *starts, int *sums)
{
    NAME(integers) sum[ROWS][2];
#pragma clang loop unroll(full)
    for (int r = 0; r < rows; r++)
        for (int half = 0; half < 2; half++)
            sum[r][half] = *(const NAME(integers) *)((starts ? starts : sums + r * PANEL) + half * LANES);
    for (long copy = 0; copy < copies; copy++, factors.start += factors.copy)
        for (long k = 0; k < width; k += GROUP, weights += PANEL * GROUP) {
#pragma clang loop unroll(full)
            for (int r = 0; r < rows; r++) {
                NAME(add_products)(&sum[r][0], factors.start + r * factors.step + k, weights);
                NAME(add_products)(&sum[r][1], factors.start + r * factors.step + k, weights + LANES * GROUP);
            }
        }
#pragma clang loop unroll(full)
    for (int r = 0; r < rows; r++)
        for (int half = 0; half < 2; half++) *(NAME(integers) *)(sums + r * PANEL + half * LANES) = sum[r][half];
}

static void NAME(integer_product)(
    long rows, struct NAME(factors) factors, long width, const WEIGHT *weights, long copies, const int *starts, int *sums)
{
    // Nearly all are whole, adjacent blocks: their addresses are then known at compile time.
    const int is_usual = width == LANES && factors.step == LANES;
    // Parts of equal size: with few rows at the end, most of the time would be spent waiting for their sums.
    for (long parts = NAME(parts)(rows, ROWS); parts > 0; parts--) {
        const long part = NAME(parts)(rows, parts);
        const struct NAME(factors) usual = {factors.start, LANES, factors.copy};
        switch (part) {
#define CASE(n)                                                                                                        \
    case n:                                                                                                            \
        if (is_usual)                                                                                                  \
            NAME(integer_rows)(n, usual, LANES, weights, copies, starts, sums);                                        \
        else                                                                                                           \
            NAME(integer_rows)(n, factors, width, weights, copies, starts, sums);                                      \
        break;
            ROW_CASES(CASE)
#undef CASE
        default: break;
        }
        rows -= part;
        factors.start += part * factors.step;
        sums += part * PANEL;
    }
}

// The weights in the form in which they are multiplied: stored as bytes, of which memory delivers twice as many per second, and widened
// once for all positions of an item.
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

// MARK: Structure of a pass

// The number of copied blocks that a result is a sum over.
INLINE long NAME(copies)(const struct integer_pass *pass) { return pass->kernel_rows * pass->kernel_columns * pass->blocks; }

INLINE long NAME(integer_depth)(const struct integer_pass *pass) { return NAME(copies)(pass) * pass->width; }

// Whether the map's own bytes can be multiplied in place. Blocks a power of two apart would all map to the same few sets of the first-level
// cache.
INLINE int NAME(is_in_place)(const struct integer_pass *pass)
{
    return sizeof(FACTOR) == 1 && pass->width == LANES && pass->kernel_rows == 1 && pass->kernel_columns == 1
        && pass->stride_row == 1 && pass->stride_column == 1 && pass->padding_row == 0 && pass->padding_column == 0
        && pass->rows == pass->result_rows && pass->columns == pass->result_columns
        && (pass->blocks <= 8 || pass->rows * pass->columns * LANES % 4096 != 0);
}

INLINE long NAME(integer_panels)(const struct integer_pass *pass) { return NAME(parts)(pass->target_blocks, 2); }

static long NAME(integer_items)(const struct integer_pass *pass)
{
    return pass->images * NAME(parts)(pass->result_rows * pass->result_columns, pass->positions)
        * NAME(parts)(NAME(integer_panels)(pass), pass->panels);
}

// Positions of an item that are adjacent in a row of results.
struct NAME(run) { long y, x, count; };

INLINE struct NAME(run) NAME(run_at)(const struct integer_pass *pass, long position, long left)
{
    const long y = position / pass->result_columns, x = position % pass->result_columns;
    return (struct NAME(run)){y, x, pass->result_columns - x < left ? pass->result_columns - x : left};
}

// The number of cells of a row of the map that the longest run reads, and the maximum number of runs per item.
INLINE long NAME(row_cells)(const struct integer_pass *pass)
{
    const long most = pass->positions < pass->result_columns ? pass->positions : pass->result_columns;
    return (most - 1) * pass->stride_column + pass->kernel_columns;
}
INLINE long NAME(most_runs)(const struct integer_pass *pass) { return pass->positions / pass->result_columns + 2; }

INLINE long NAME(factors_size)(const struct integer_pass *pass)
{
    if (NAME(is_in_place)(pass)) return 0;
    const long count = pass->shares_rows
        ? NAME(most_runs)(pass) * pass->kernel_rows * NAME(row_cells)(pass) * pass->width
        : pass->positions * NAME(integer_depth)(pass);
    return (count * (long)sizeof(FACTOR) + 63) / 64 * 64;
}

static long NAME(integer_scratch)(const struct integer_pass *pass)
{
    return NAME(factors_size)(pass) + pass->positions * PANEL * (long)sizeof(int) + SUM_DEPTH * PANEL * (long)sizeof(WEIGHT);
}

static long NAME(integer_weights_size)(const struct integer_pass *pass)
{
    return NAME(integer_panels)(pass) * NAME(integer_depth)(pass) * PANEL;
}

// Converts the weights of each output channel of a panel from `[kernel element, block, channel of the block]` to
// `[group, output channel, one of the group]`.
static void NAME(pack_integers)(const struct integer_pass *pass, const signed char *weights, long panel)
{
    const long depth = NAME(integer_depth)(pass);
    signed char *packed = (signed char *)pass->weights + panel * depth * PANEL;
    for (long channel = 0; channel < PANEL; channel++)
        for (long k = 0; k < depth; k++)
            packed[(k / GROUP * PANEL + channel) * GROUP + k % GROUP] = weights[(panel * PANEL + channel) * depth + k];
}

// MARK: Factors

// Copies the bytes of one block that one kernel element meets, for adjacent positions.
INLINE void NAME(copy_codes)(const long width, const unsigned char *source, long step, FACTOR *target, long count)
{
#if BYTE_PRODUCTS
    if (width == LANES && step == LANES) {
        __builtin_memcpy(target, source, count > 0 ? (unsigned long)(count * LANES) : 0);
        return;
    }
#endif
    switch (width) {
#define CASE(n)                                                                                                        \
    case n: {                                                                                                          \
        typedef unsigned char codes __attribute__((ext_vector_type(n), aligned(1), may_alias));                        \
        typedef FACTOR factors __attribute__((ext_vector_type(n), aligned(1), may_alias));                             \
        for (long c = 0; c < count; c++)                                                                               \
            *(factors *)(target + c * n) = __builtin_convertvector(*(const codes *)(source + c * step), factors);      \
        break;                                                                                                         \
    }
    CASE(4) CASE(8) CASE(16)
#undef CASE
    default: break;
    }
}

// Copies `count` cells of a block's row from a column on, `step` apart; outside of the map, the byte that represents zero.
INLINE void NAME(copy_row)(
    const struct integer_pass *pass, const unsigned char *block, long row, long column, long step, FACTOR *target, long count)
{
    unsigned char nothing[LANES];
    for (long lane = 0; lane < LANES; lane++) nothing[lane] = (unsigned char)pass->zero;
    // How many of them lie left of the map, and how many do not lie right of it.
    long before = column < 0 ? NAME(parts)(-column, step) : 0;
    long end = column < pass->columns ? NAME(parts)(pass->columns - column, step) : 0;
    if (row < 0 || row >= pass->rows) before = count;
    before = before < count ? before : count;
    end = end > before ? (end < count ? end : count) : before;
    NAME(copy_codes)(pass->width, nothing, 0, target, before);
    if (end > before)
        NAME(copy_codes)(
            pass->width, block + (row * pass->columns + column + before * step) * LANES, step * LANES,
            target + before * pass->width, end - before);
    NAME(copy_codes)(pass->width, nothing, 0, target + end * pass->width, count - end);
}

// Gathers `[kernel element, block, position, channel of the block]`.
static void NAME(gather_factors)(const struct integer_pass *pass, long image, long first, long count, FACTOR *factors)
{
    const long area = pass->rows * pass->columns, width = pass->width, copy = pass->positions * width;
    const unsigned char *map = pass->source + image * pass->blocks * area * LANES;
    for (long done = 0; done < count;) {
        const struct NAME(run) run = NAME(run_at)(pass, first + done, count - done);
        FACTOR *target = factors + done * width;
        for (long i = 0; i < pass->kernel_rows; i++)
            for (long j = 0; j < pass->kernel_columns; j++) {
                const long row = run.y * pass->stride_row + i * pass->dilation_row - pass->padding_row;
                const long column = run.x * pass->stride_column + j * pass->dilation_column - pass->padding_column;
                for (long b = 0; b < pass->blocks; b++, target += copy)
                    NAME(copy_row)(pass, map + b * area * LANES, row, column, pass->stride_column, target, run.count);
            }
        done += run.count;
    }
}

// Gathers `[run, kernel row, cell, channel]`: the cells that a run's positions read, which largely overlap.
static void NAME(gather_rows)(const struct integer_pass *pass, long image, long first, long count, FACTOR *factors)
{
    const long cells = NAME(row_cells)(pass);
    const unsigned char *map = pass->source + image * pass->rows * pass->columns * LANES;
    for (long done = 0; done < count;) {
        const struct NAME(run) run = NAME(run_at)(pass, first + done, count - done);
        const long column = run.x * pass->stride_column - pass->padding_column;
        for (long i = 0; i < pass->kernel_rows; i++, factors += cells * pass->width)
            NAME(copy_row)(
                pass, map, run.y * pass->stride_row + i * pass->dilation_row - pass->padding_row, column, 1, factors,
                (run.count - 1) * pass->stride_column + pass->kernel_columns);
        done += run.count;
    }
}

// MARK: Convolutions of integers

// Does the same as `put` for the sums of a block. Divisions by scales, and the other constants, are folded into the factors: for short
// sums, finishing the results is a large part of the work.
INLINE void NAME(finish_steps)(
    const struct integer_pass *pass, const int steps, long image, long first, long count, long block, const int *sums)
{
    const struct vector_finish finish = pass->finish;
    const long area = pass->target_rows * pass->target_columns;
    const long step = pass->step_column * LANES, plane = (image * pass->target_blocks + block) * area;
    const int rounds = steps & 1, adds_bytes = steps & 2, adds_numbers = steps & 4, writes_bytes = steps & 8;
    const float unit = writes_bytes ? 1 / finish.last_rounding.scale : 1;
    const vec first_unit = (vec)(rounds ? 1 / finish.rounding.scale : unit), rounded_step = (vec)(finish.rounding.step * unit);
    const vec summand_step = (vec)(finish.summand_form.scale * unit);
    const vec zero = adds_bytes ? summand_step * (float)-finish.summand_form.zero : (vec)(0);
    const vec factor = LOAD(pass->factors + block * LANES) * first_unit;
    const vec shift = LOAD(pass->shifts + block * LANES) * first_unit + (rounds ? (vec)(0) : zero);
    struct vector_rounding last = finish.last_rounding;
    if (finish.rectifies && last.lowest < 0) last.lowest = 0;
    for (long p = 0; p < count;) {
        const struct NAME(run) run = NAME(run_at)(pass, first + p, count - p);
        const long row = plane + (pass->first_row + run.y * pass->step_row) * pass->target_columns + pass->first_column;
        long place = row * LANES + run.x * step;
        for (long c = 0; c < run.count; c++, place += step) {
            vec value = __builtin_convertvector(*(const NAME(integers) *)(sums + (p + c) * PANEL), vec) * factor + shift;
            if (rounds) {
                NAME(bound)(&finish.rounding, &value);
                value = (value + (vec)(WHOLES) - (vec)(WHOLES)) * rounded_step + zero;
            }
            if (adds_bytes) {
                vec summand;
                NAME(wholes)((const unsigned char *)finish.summand + place, 0, &summand);
                value += summand * summand_step;
            }
            if (adds_numbers) value += LOAD_CELL((const CELL *)finish.summand + place) * unit;
            if (writes_bytes) {
                NAME(bound)(&last, &value);
                NAME(put_code)((unsigned char *)finish.target + place, &value, finish.last_rounding.lowest);
            } else {
                NAME(put)(&finish, 0, &value, place, 0);
            }
        }
        p += run.count;
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

// Multiplies an item's positions by a panel's weights, for `copies` copies from `copy` on.
static void NAME(multiply_panel)(
    const struct integer_pass *pass, struct NAME(factors) factors, long first, long count, const WEIGHT *weights, long copy,
    long copies, const int *starts, int *sums)
{
    factors.start += copy * factors.copy;
    if (!pass->shares_rows) {
        NAME(integer_product)(count, factors, pass->width, weights, copies, starts, sums);
        return;
    }
    for (long done = 0; done < count;) {
        const struct NAME(run) run = NAME(run_at)(pass, first + done, count - done);
        NAME(integer_product)(
            run.count, factors, pass->width * pass->kernel_columns, weights, copies, starts, sums + done * PANEL);
        factors.start += pass->kernel_rows * factors.copy;
        done += run.count;
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
    const long width = pass->shares_rows ? pass->width * pass->kernel_columns : pass->width;
    const long copies = NAME(integer_depth)(pass) / width, most = SUM_DEPTH / width > 0 ? SUM_DEPTH / width : 1;
    int *sums = (int *)((char *)scratch + NAME(factors_size)(pass));
    WEIGHT *wide = (WEIGHT *)(sums + pass->positions * PANEL);
    struct NAME(factors) factors = {scratch, width, pass->positions * width};
    if (NAME(is_in_place)(pass)) {
        factors.start = (const FACTOR *)(pass->source + (image * pass->blocks * area + first) * LANES);
        factors.copy = area * LANES;
    } else if (pass->shares_rows) {
        factors.step = pass->stride_column * pass->width;
        factors.copy = NAME(row_cells)(pass) * pass->width;
        NAME(gather_rows)(pass, image, first, count, scratch);
    } else {
        NAME(gather_factors)(pass, image, first, count, scratch);
    }
    for (long panel = first_panel; panel < end_panel; panel++) {
        const signed char *weights = (const signed char *)pass->weights + panel * copies * width * PANEL;
        for (long copy = 0; copy < copies; copy += most) {
            const long part = copies - copy < most ? copies - copy : most;
            NAME(multiply_panel)(
                pass, factors, first, count, NAME(widened)(weights + copy * width * PANEL, part * width * PANEL, wide), copy, part,
                copy == 0 ? pass->starts + panel * PANEL : 0, sums);
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

// Converts planar channels, as in the caller's maps, at most as many as lanes.
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
            NAME(divide)(&numbers, &value, 0);
            unsigned char codes[LANES];
            NAME(put_code)(codes, &value, numbers.lowest);
            unsigned char *place = target + cell * LANES + channel;
            for (long lane = 0; lane < width; lane++) place[lane * LANES] = codes[lane];
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
