// Included for each kind of processor and precision: LANES floats per register, ROWS rows of a product in registers at once, NAME(x) this
// set's name for x. If HALF_CELLS, maps hold bfloat16; if HALF_VALUES, factors are bfloat16, too, two at a time, while sums stay float.
// TILE x TILE results are computed from SIDE x SIDE cells: F(4x4, 3x3), or F(2x2, 3x3), which saves fewer products but whose transforms
// amplify rounding errors only a third as much.

typedef float NAME(vector) __attribute__((ext_vector_type(LANES), aligned(4), may_alias));
typedef int NAME(mask) __attribute__((ext_vector_type(LANES)));
#define vec NAME(vector)
#define PANEL (2 * LANES)
#undef SIDE
#undef ELEMENTS
#define SIDE (TILE + 2)
#define ELEMENTS (SIDE * SIDE)
#define LOAD(place) (*(const vec *)(place))
#define STORE(place, value) (*(vec *)(place) = (value))
#if HALF_CELLS || HALF_VALUES
typedef __bf16 NAME(half_vector) __attribute__((ext_vector_type(LANES), aligned(2), may_alias));
#define LOAD_HALF(place) __builtin_convertvector(*(const NAME(half_vector) *)(place), vec)
#define STORE_HALF(place, value) (*(NAME(half_vector) *)(place) = __builtin_convertvector(value, NAME(half_vector)))
#endif
#undef CELL
#undef LOAD_CELL
#undef STORE_CELL
#undef VALUE
#undef STORE_VALUE
#undef PAIR
#undef ROW_CASES
// The numbers of rows of a product that may be in registers at once.
#if ROWS > 6
#define ROW_CASES(CASE)                                                                                                \
    CASE(1) CASE(2) CASE(3) CASE(4) CASE(5) CASE(6) CASE(7) CASE(8) CASE(9) CASE(10) CASE(11) CASE(12)
#else
#define ROW_CASES(CASE) CASE(1) CASE(2) CASE(3) CASE(4) CASE(5) CASE(6)
#endif

INLINE long NAME(parts)(long count, long size) { return (count + size - 1) / size; }
// The types of a map's cells, and of transformed cells.
#if HALF_CELLS
#define CELL __bf16
#define LOAD_CELL LOAD_HALF
#define STORE_CELL STORE_HALF
#else
#define CELL float
#define LOAD_CELL LOAD
#define STORE_CELL STORE
#endif
#if HALF_VALUES
#define VALUE __bf16
#define STORE_VALUE STORE_HALF
// How many elements along the sum a product processes at a time.
#define PAIR 2
typedef int NAME(pair) __attribute__((aligned(2), may_alias));
#else
#define VALUE float
#define STORE_VALUE STORE
#define PAIR 1
#endif

// MARK: Rounding

// Adding this rounds to integers, halves to even, since no bits are left for a fraction. The low byte of the sum is then that of the
// integer.
#undef WHOLES
#define WHOLES 12582912.0f /* 1.5 · 2²³ */

// NaN stays NaN.
INLINE void NAME(bound)(const struct vector_rounding *rounding, vec *value)
{
    const vec lowest = (vec)(rounding->lowest), highest = (vec)(rounding->highest);
    vec bounded = *value < lowest ? lowest : *value;
    *value = bounded > highest ? highest : bounded;
}

// If `approximately`, multiplies by the reciprocal, which may change the quotient's last bits but is ten times as fast.
INLINE void NAME(divide)(const struct vector_rounding *rounding, vec *value, const int approximately)
{
    *value = approximately ? *value * (1 / rounding->scale) : *value / rounding->scale;
    NAME(bound)(rounding, value);
}

INLINE void NAME(round_all)(const struct vector_rounding *rounding, vec *value, const int approximately)
{
    NAME(divide)(rounding, value, approximately || HALF_CELLS);
    *value = (*value + (vec)(WHOLES) - (vec)(WHOLES)) * rounding->step;
}

typedef unsigned char NAME(codes) __attribute__((ext_vector_type(LANES), aligned(1), may_alias));
typedef int NAME(wide_codes) __attribute__((ext_vector_type(LANES)));

// The differences of bytes from the one that represents zero.
INLINE void NAME(wholes)(const unsigned char *codes, int zero, vec *wholes)
{
    const NAME(wide_codes) wide = __builtin_convertvector(*(const NAME(codes) *)codes, NAME(wide_codes));
    *wholes = __builtin_convertvector(wide - zero, vec);
}

// Stores the bytes of bounded numbers, counted from `lowest`. NaN becomes zero, since its low byte is zero.
INLINE void NAME(put_code)(unsigned char *target, const vec *value, float lowest)
{
    const vec sum = *value + (vec)(WHOLES);
    const NAME(codes) codes = __builtin_convertvector((NAME(wide_codes))sum, NAME(codes));
    *(NAME(codes) *)target = codes - (NAME(codes))((unsigned char)(int)lowest);
}

// What is done to a result before it is stored, as a bit mask: where it is a compile-time constant, testing it costs nothing.
INLINE int NAME(steps)(const struct vector_finish *finish)
{
    return (finish->rounds ? 1 : 0) | (finish->summand ? (finish->adds_bytes ? 2 : 4) : 0) | (finish->writes_bytes ? 8 : 0);
}

// Stores a result at element `place` of the maps.
INLINE void NAME(put)(const struct vector_finish *finish, const int steps, vec *value, long place, const int exactly)
{
    if (steps & 1) NAME(round_all)(&finish->rounding, value, !exactly);
    if (steps & 2) {
        vec summand;
        NAME(wholes)((const unsigned char *)finish->summand + place, finish->summand_form.zero, &summand);
        *value += summand * finish->summand_form.scale;
    }
    if (steps & 4) *value += LOAD_CELL((const CELL *)finish->summand + place);
    // NaN stays NaN.
    if (finish->rectifies) *value = *value < 0 ? (vec)(0) : *value;
    if (steps & 8) {
        NAME(divide)(&finish->last_rounding, value, !exactly || HALF_CELLS);
        NAME(put_code)((unsigned char *)finish->target + place, value, finish->last_rounding.lowest);
        return;
    }
    if (finish->rounds_last) NAME(round_all)(&finish->last_rounding, value, !exactly);
    STORE_CELL((CELL *)finish->target + place, *value);
}

// MARK: Transforms along one axis

#if TILE == 4
// B' d: six cells to six values.
INLINE void NAME(window)(const vec *d, long step, vec *v)
{
    const vec d0 = d[0], d1 = d[step], d2 = d[2 * step], d3 = d[3 * step], d4 = d[4 * step], d5 = d[5 * step];
    const vec even_a = d4 - B2 * d2, odd_a = A * (d3 - B2 * d1), even_b = d4 - A2 * d2, odd_b = B * (d3 - A2 * d1);
    v[0] = A2 * B2 * d0 - (A2 + B2) * d2 + d4;
    v[1] = even_a + odd_a;
    v[2] = even_a - odd_a;
    v[3] = even_b + odd_b;
    v[4] = even_b - odd_b;
    v[5] = A2 * B2 * d1 - (A2 + B2) * d3 + d5;
}

// A' m: six values to four results.
INLINE void NAME(results)(const vec *m, long step, vec *y)
{
    const vec sum_a = m[step] + m[2 * step], difference_a = m[step] - m[2 * step];
    const vec sum_b = m[3 * step] + m[4 * step], difference_b = m[3 * step] - m[4 * step];
    y[0] = m[0] + sum_a + sum_b;
    y[1] = A * difference_a + B * difference_b;
    y[2] = A2 * sum_a + B2 * sum_b;
    y[3] = A * A2 * difference_a + B * B2 * difference_b + m[5 * step];
}

// A y: four gradients of results to six values.
INLINE void NAME(spread)(const vec *y, long step, vec *w)
{
    const vec y0 = y[0], y1 = y[step], y2 = y[2 * step], y3 = y[3 * step];
    const vec even_a = y0 + A2 * y2, odd_a = A * (y1 + A2 * y3), even_b = y0 + B2 * y2, odd_b = B * (y1 + B2 * y3);
    w[0] = y0;
    w[1] = even_a + odd_a;
    w[2] = even_a - odd_a;
    w[3] = even_b + odd_b;
    w[4] = even_b - odd_b;
    w[5] = y3;
}

// G g: three taps to six values.
INLINE void NAME(kernel)(const vec *g, long step, vec *u)
{
    const vec g0 = g[0], g1 = g[step], g2 = g[2 * step];
    const vec even_a = NA * (g0 + A2 * g2), odd_a = NA * A * g1, even_b = NB * (g0 + B2 * g2), odd_b = NB * B * g1;
    u[0] = N0 * g0;
    u[1] = even_a + odd_a;
    u[2] = even_a - odd_a;
    u[3] = even_b + odd_b;
    u[4] = even_b - odd_b;
    u[5] = g2;
}

// G' u: six gradients to those of three taps.
INLINE void NAME(taps)(const vec *u, long step, vec *g)
{
    const vec sum_a = u[step] + u[2 * step], difference_a = u[step] - u[2 * step];
    const vec sum_b = u[3 * step] + u[4 * step], difference_b = u[3 * step] - u[4 * step];
    g[0] = N0 * u[0] + NA * sum_a + NB * sum_b;
    g[1] = NA * A * difference_a + NB * B * difference_b;
    g[2] = NA * A2 * sum_a + NB * B2 * sum_b + u[5 * step];
}
#else
// The same transforms for two results, with the points 0, 1, -1 and infinity.
INLINE void NAME(window)(const vec *d, long step, vec *v)
{
    v[0] = d[0] - d[2 * step];
    v[1] = d[step] + d[2 * step];
    v[2] = d[2 * step] - d[step];
    v[3] = d[step] - d[3 * step];
}

INLINE void NAME(results)(const vec *m, long step, vec *y)
{
    y[0] = m[0] + m[step] + m[2 * step];
    y[1] = m[step] - m[2 * step] - m[3 * step];
}

INLINE void NAME(spread)(const vec *y, long step, vec *w)
{
    const vec y0 = y[0], y1 = y[step];
    w[0] = y0;
    w[1] = y0 + y1;
    w[2] = y0 - y1;
    w[3] = -y1;
}

INLINE void NAME(kernel)(const vec *g, long step, vec *u)
{
    const vec g0 = g[0], g1 = g[step], g2 = g[2 * step];
    u[0] = g0;
    u[1] = 0.5f * (g0 + g1 + g2);
    u[2] = 0.5f * (g0 - g1 + g2);
    u[3] = g2;
}

INLINE void NAME(taps)(const vec *u, long step, vec *g)
{
    const vec sum = 0.5f * (u[step] + u[2 * step]), difference = 0.5f * (u[step] - u[2 * step]);
    g[0] = u[0] + sum;
    g[1] = difference;
    g[2] = sum + u[3 * step];
}
#endif

// MARK: Tiles

INLINE long NAME(block_place)(const struct winograd_map *map, long image, long block)
{
    const long phase = block / map->blocks;
    return image * map->image + block % map->blocks * map->block + (phase >> 1) * map->phase_row
        + (phase & 1) * map->phase_column;
}

INLINE CELL *NAME(block_start)(const struct winograd_map *map, long image, long block)
{
    return (CELL *)map->start + NAME(block_place)(map, image, block);
}

// Reads the `side` by `side` cells of one block from (row, column) on, zero outside of the map.
#define GATHER(LOAD_AT)                                                                                                \
    if (row >= 0 && column >= 0 && row + side <= map->rows && column + side <= map->columns) {                         \
        const long corner = block + row * map->row + column * map->column;                                             \
        for (long r = 0; r < side; r++)                                                                                \
            for (long c = 0; c < side; c++) LOAD_AT(corner + r * map->row + c * map->column, cells[r * side + c]);     \
        return;                                                                                                        \
    }                                                                                                                  \
    for (long r = 0; r < side; r++)                                                                                    \
        for (long c = 0; c < side; c++) {                                                                              \
            const long y = row + r, x = column + c;                                                                    \
            cells[r * side + c] = (vec)(0);                                                                            \
            if (y >= 0 && x >= 0 && y < map->rows && x < map->columns)                                                 \
                LOAD_AT(block + y * map->row + x * map->column, cells[r * side + c]);                                  \
        }
#define CELL_AT(place, cell) cell = LOAD_CELL((const CELL *)map->start + (place))
#define BYTE_AT(place, cell) NAME(wholes)((const unsigned char *)map->start + (place), zero, &cell)

INLINE void NAME(cells)(const struct winograd_map *map, long block, long row, long column, long side, vec *cells)
{
    GATHER(CELL_AT)
}

INLINE void NAME(bytes)(const struct winograd_map *map, int zero, long block, long row, long column, long side, vec *cells)
{
    GATHER(BYTE_AT)
}

#undef GATHER
#undef CELL_AT
#undef BYTE_AT

struct NAME(tile) { long image, row, column; };

INLINE struct NAME(tile) NAME(tile_at)(const struct winograd_pass *pass, long index)
{
    const long image = index / (pass->tile_rows * pass->tile_columns), place = index % (pass->tile_rows * pass->tile_columns);
    return (struct NAME(tile)){image, place / pass->tile_columns * TILE, place % pass->tile_columns * TILE};
}

// MARK: Products

// Stores transformed cells or kernels: PAIR elements along a product's sum are adjacent for each lane.
INLINE void NAME(store_values)(VALUE *place, const vec *values)
{
#if HALF_VALUES
    const __m512i both = (__m512i)_mm512_cvtne2ps_pbh((__m512)values[1], (__m512)values[0]);
    const __m512i turns = _mm512_set_epi16(
        31, 15, 30, 14, 29, 13, 28, 12, 27, 11, 26, 10, 25, 9, 24, 8, 23, 7, 22, 6, 21, 5, 20, 4, 19, 3, 18, 2, 17, 1, 16, 0);
    _mm512_storeu_si512(place, _mm512_permutexvar_epi16(turns, both));
#else
    STORE(place, values[0]);
#endif
}

// c[rows][PANEL] (+)= a[rows][depth] · b[depth / PAIR][PANEL][PAIR], where `a_step` is the distance between pairs along the sum.
INLINE void NAME(product_rows)(
    const int rows, const VALUE *a, long a_row, long a_step, const VALUE *b, long depth, float *c, long c_row, int adds)
{
    vec sum[ROWS][2];
#pragma clang loop unroll(full)
    for (int r = 0; r < rows; r++) {
        sum[r][0] = adds ? LOAD(c + r * c_row) : (vec)(0);
        sum[r][1] = adds ? LOAD(c + r * c_row + LANES) : (vec)(0);
    }
#pragma clang loop unroll_count(4)
    for (long k = 0; k < depth / PAIR; k++) {
#if HALF_VALUES
        const __m512bh left = (__m512bh)_mm512_loadu_si512(b + k * 2 * PANEL);
        const __m512bh right = (__m512bh)_mm512_loadu_si512(b + k * 2 * PANEL + PANEL);
#pragma clang loop unroll(full)
        for (int r = 0; r < rows; r++) {
            const __m512bh x = (__m512bh)_mm512_set1_epi32(*(const NAME(pair) *)(a + r * a_row + k * a_step));
            sum[r][0] = (vec)_mm512_dpbf16_ps((__m512)sum[r][0], x, left);
            sum[r][1] = (vec)_mm512_dpbf16_ps((__m512)sum[r][1], x, right);
        }
#else
        const vec left = LOAD(b + k * PANEL), right = LOAD(b + k * PANEL + LANES);
#pragma clang loop unroll(full)
        for (int r = 0; r < rows; r++) {
            const vec x = (vec)(a[r * a_row + k * a_step]);
            sum[r][0] += x * left;
            sum[r][1] += x * right;
        }
#endif
    }
#pragma clang loop unroll(full)
    for (int r = 0; r < rows; r++) {
        STORE(c + r * c_row, sum[r][0]);
        STORE(c + r * c_row + LANES, sum[r][1]);
    }
}

static void NAME(product)(
    long rows, const VALUE *a, long a_row, long a_step, const VALUE *b, long depth, float *c, long c_row, int adds)
{
    // Parts of equal size: with few rows at the end, most of the time would be spent waiting for their sums.
    for (long parts = NAME(parts)(rows, ROWS); parts > 0; parts--) {
        const long part = NAME(parts)(rows, parts);
        switch (part) {
#define CASE(n) case n: NAME(product_rows)(n, a, a_row, a_step, b, depth, c, c_row, adds); break;
            ROW_CASES(CASE)
#undef CASE
        default: break;
        }
        rows -= part;
        a += part * a_row;
        c += part * c_row;
    }
}

// Multiplies and adds numbers that stay in registers: the upper limit for any kernel. Returns the number of operations.
static long NAME(multiply)(long rounds, float *numbers)
{
    vec sum[ROWS][2];
    for (int r = 0; r < ROWS; r++) sum[r][0] = sum[r][1] = (vec)(0);
    const vec x = LOAD(numbers), y = LOAD(numbers + LANES);
    for (long round = 0; round < rounds; round++) {
#pragma clang loop unroll(full)
        for (int r = 0; r < ROWS; r++) {
#if HALF_VALUES
            sum[r][0] = (vec)_mm512_dpbf16_ps((__m512)sum[r][0], (__m512bh)x, (__m512bh)y);
            sum[r][1] = (vec)_mm512_dpbf16_ps((__m512)sum[r][1], (__m512bh)y, (__m512bh)x);
#else
            sum[r][0] += x * y;
            sum[r][1] += y * x;
#endif
        }
    }
    vec total = (vec)(0);
    for (int r = 0; r < ROWS; r++) total += sum[r][0] + sum[r][1];
    STORE(numbers, total);
    return rounds * 2 * ROWS * 2 * LANES * PAIR;
}

// MARK: Structure of a pass

INLINE long NAME(panels_of_phase)(const struct winograd_pass *pass) { return (pass->target.blocks + 1) / 2; }
INLINE long NAME(all_panels)(const struct winograd_pass *pass) { return pass->target.phases * NAME(panels_of_phase)(pass); }
INLINE long NAME(depth)(const struct winograd_pass *pass) { return pass->source.phases * pass->source.blocks * LANES; }
INLINE long NAME(all_tiles)(const struct winograd_pass *pass) { return pass->images * pass->tile_rows * pass->tile_columns; }
// The distance between elements of kernels that are transformed on the fly.
#define PART_STEP (PART * PANEL + 32)
// Rows whose length is a power of two would all map to the same few sets of a cache, so they are padded by a cache line.
INLINE long NAME(values_pitch)(long count) { return count + 64 / (long)sizeof(VALUE); }
INLINE long NAME(floats_pitch)(long count) { return count + 64 / (long)sizeof(float); }

// The distance between elements of `count` numbers: an odd number of cache lines, so that a tile's elements are spread over the sets of a
// cache.
INLINE long NAME(spread_out)(long count, long size) { return (count * size + 63) / 64 * 64 / size | 64 / size; }
INLINE long NAME(values_step)(long count) { return NAME(spread_out)(count, sizeof(VALUE)); }
INLINE long NAME(floats_step)(long count) { return NAME(spread_out)(count, sizeof(float)); }
INLINE long NAME(pairs)(long count) { return (count + PAIR - 1) / PAIR; }

INLINE int NAME(is_skipped)(const struct winograd_pass *pass, long phase, long element)
{
    return element / SIDE == pass->skipped[phase >> 1] || element % SIDE == pass->skipped[phase & 1];
}

INLINE long NAME(first_phase)(const struct winograd_pass *pass, long element)
{
    long phase = 0;
    while (NAME(is_skipped)(pass, phase, element)) phase++;
    return phase;
}

static long NAME(weights_items)(const struct winograd_pass *pass)
{
    return NAME(all_panels)(pass) * pass->source.phases * pass->source.blocks;
}

static long NAME(forward_items)(const struct winograd_pass *pass)
{
    return NAME(parts)(NAME(all_tiles)(pass), pass->tiles) * NAME(parts)(NAME(all_panels)(pass), pass->panels);
}

static long NAME(gradient_items)(const struct winograd_pass *pass)
{
    const long blocks = pass->source.phases * pass->source.blocks;
    return pass->sums * NAME(parts)(blocks, pass->blocks) * NAME(parts)(NAME(all_panels)(pass), pass->panels);
}

// Sizes in bytes; each part is a multiple of a cache line.
static long NAME(forward_scratch)(const struct winograd_pass *pass)
{
    return ELEMENTS
        * (NAME(values_step)(pass->tiles * NAME(values_pitch)(NAME(depth)(pass))) * (long)sizeof(VALUE)
            + NAME(floats_step)(pass->tiles * NAME(floats_pitch)(pass->panels * PANEL)) * (long)sizeof(float)
            + (pass->transforms_on_the_way ? PART_STEP * (long)sizeof(VALUE) : 0));
}

static long NAME(gradient_scratch)(const struct winograd_pass *pass)
{
    const long pairs = NAME(pairs)(pass->tiles);
    return ELEMENTS
        * ((NAME(values_step)(pairs * NAME(values_pitch)(pass->blocks * LANES * PAIR)) + NAME(values_step)(pass->panels * pairs * PANEL * PAIR))
                * (long)sizeof(VALUE)
            + (pass->transforms_on_the_way ? PART_STEP * (long)sizeof(float) : 0));
}

// Computes the first half of the transform of the window of one block that a tile's results depend on.
INLINE void NAME(transform_window)(
    const struct winograd_pass *pass, long tile_index, long block, vec *half)
{
    const struct NAME(tile) tile = NAME(tile_at)(pass, tile_index);
    const long place = NAME(block_place)(&pass->source, tile.image, block);
    const long row = tile.row - pass->padding_row, column = tile.column - pass->padding_column;
    vec cells[ELEMENTS];
    if (pass->reads_bytes)
        NAME(bytes)(&pass->source, pass->zero, place, row, column, SIDE, cells);
    else
        NAME(cells)(&pass->source, place, row, column, SIDE, cells);
    for (long c = 0; c < SIDE; c++) NAME(window)(cells + c, SIDE, half + SIDE * c);
}

// Transforms the source into `[element, tile, channel]`.
static void NAME(gather)(const struct winograd_pass *pass, long first_tile, long tiles, VALUE *values, long pitch, long step)
{
    for (long b = 0; b < pass->source.phases * pass->source.blocks; b++)
        for (long t = 0; t < tiles; t++) {
            vec half[ELEMENTS], value[SIDE];
            NAME(transform_window)(pass, first_tile + t, b, half);
            VALUE *place = values + t * pitch + b * LANES;
            for (long r = 0; r < SIDE; r++) {
                NAME(window)(half + r, SIDE, value);
                for (long c = 0; c < SIDE; c++) STORE_VALUE(place + (SIDE * r + c) * step, value[c]);
            }
        }
}

// Transforms the source's blocks from `first_block` on into `[element, pair of tiles, channel, tile of the pair]`.
static void NAME(gather_pairs)(
    const struct winograd_pass *pass, long first_tile, long tiles, long first_block, long blocks, VALUE *values, long pitch,
    long step)
{
    for (long b = 0; b < blocks; b++)
        for (long t = 0; t < tiles; t += PAIR) {
            vec elements[ELEMENTS][PAIR];
            for (long p = 0; p < PAIR; p++) {
                vec half[ELEMENTS], value[SIDE];
                if (t + p < tiles)
                    NAME(transform_window)(pass, first_tile + t + p, first_block + b, half);
                else
                    for (long c = 0; c < ELEMENTS; c++) half[c] = (vec)(0);
                for (long r = 0; r < SIDE; r++) {
                    NAME(window)(half + r, SIDE, value);
                    for (long c = 0; c < SIDE; c++) elements[SIDE * r + c][p] = value[c];
                }
            }
            VALUE *place = values + t / PAIR * pitch + b * LANES * PAIR;
            for (long element = 0; element < ELEMENTS; element++) NAME(store_values)(place + element * step, elements[element]);
        }
}

// Transforms the target, which holds the results' gradient, into `[element, panel, pair of tiles, channel of the panel, tile of the pair]`.
static void NAME(gather_slopes)(
    const struct winograd_pass *pass, long first_tile, long tiles, long first_panel, long panels, VALUE *slopes, long step)
{
    const struct winograd_map *target = &pass->target;
    const long panels_of_phase = NAME(panels_of_phase)(pass), panel_step = NAME(pairs)(pass->tiles) * PANEL * PAIR;
    for (long t = 0; t < tiles; t += PAIR)
        for (long b = 0; b < 2 * panels; b++) {
            const long panel = first_panel + b / 2, block = panel % panels_of_phase * 2 + b % 2;
            vec elements[ELEMENTS][PAIR];
            for (long p = 0; p < PAIR; p++) {
                vec cells[TILE * TILE], half[TILE * SIDE], slope[SIDE];
                if (block < target->blocks && t + p < tiles) {
                    const struct NAME(tile) tile = NAME(tile_at)(pass, first_tile + t + p);
                    NAME(cells)(
                        target,
                        NAME(block_place)(target, tile.image, panel / panels_of_phase * target->blocks + block),
                        tile.row, tile.column, TILE, cells);
                } else {
                    for (long c = 0; c < TILE * TILE; c++) cells[c] = (vec)(0);
                }
                for (long c = 0; c < TILE; c++) NAME(spread)(cells + c, TILE, half + SIDE * c);
                for (long r = 0; r < SIDE; r++) {
                    NAME(spread)(half + r, SIDE, slope);
                    for (long c = 0; c < SIDE; c++) elements[SIDE * r + c][p] = slope[c];
                }
            }
            VALUE *place = slopes + b / 2 * panel_step + t / PAIR * PANEL * PAIR + b % 2 * LANES * PAIR;
            for (long element = 0; element < ELEMENTS; element++) NAME(store_values)(place + element * step, elements[element]);
        }
}

// MARK: Kernels

// The kernels between one block of input channels and one panel of output channels.
struct NAME(block) {
    const long *taps;
    // The output phase, and the first channels within their phases.
    long output_phase, input, output;
};

INLINE struct NAME(block) NAME(block_of)(const struct winograd_pass *pass, long panel, long block)
{
    const long output_phase = panel / NAME(panels_of_phase)(pass), input_phase = block / pass->source.blocks;
    return (struct NAME(block)){
        pass->kernels.taps[pass->target.phases > 1 ? output_phase : input_phase], output_phase,
        block % pass->source.blocks * LANES, panel % NAME(panels_of_phase)(pass) * PANEL};
}

// Writes `[element, pair of input channels, output channel, input channel of the pair]`, elements `step` apart.
static void NAME(transform_block)(const struct winograd_pass *pass, long panel, long block, VALUE *place, long step)
{
    const struct NAME(block) at = NAME(block_of)(pass, panel, block);
    float kernels[LANES][9][PANEL] __attribute__((aligned(64)));
    for (long k = 0; k < LANES; k++)
        for (long n = 0; n < PANEL; n++) {
            const long input = at.input + k, output = at.output + n;
            const int exists = input < pass->kernels.inputs && output < pass->kernels.outputs;
            const float *from = pass->weights + input * pass->kernels.input + output * pass->kernels.output;
            const float factor = exists && pass->factors ? pass->factors[pass->factors_by_input ? input : output] : 1;
            for (long tap = 0; tap < 9; tap++)
                kernels[k][tap][n] = exists && at.taps[tap] >= 0 ? from[at.taps[tap]] * factor : 0;
        }
    for (long k = 0; k < LANES; k += PAIR)
        for (long side = 0; side < 2; side++) {
            vec elements[ELEMENTS][PAIR];
            for (long p = 0; p < PAIR; p++) {
                vec half[3 * SIDE], value[SIDE];
                for (long c = 0; c < 3; c++) {
                    vec column[3] = {
                        LOAD(&kernels[k + p][c][side * LANES]), LOAD(&kernels[k + p][3 + c][side * LANES]),
                        LOAD(&kernels[k + p][6 + c][side * LANES])};
                    NAME(kernel)(column, 1, half + SIDE * c);
                }
                for (long r = 0; r < SIDE; r++) {
                    NAME(kernel)(half + r, SIDE, value);
                    for (long c = 0; c < SIDE; c++) elements[SIDE * r + c][p] = value[c];
                }
            }
            for (long element = 0; element < ELEMENTS; element++)
                NAME(store_values)(place + element * step + k * PANEL + side * LANES * PAIR, elements[element]);
        }
}

// Reads gradients in the layout that `transform_block` writes, as several sums `distance` apart, and writes those of the kernels.
static void NAME(collect_block)(
    const struct winograd_pass *pass, long panel, long block, const float *place, long step, long distance)
{
    const struct NAME(block) at = NAME(block_of)(pass, panel, block);
    float kernels[LANES][9][PANEL] __attribute__((aligned(64)));
    for (long k = 0; k < LANES; k++)
        for (long side = 0; side < 2; side++) {
            vec elements[ELEMENTS], half[3 * SIDE], tap[3];
            for (long element = 0; element < ELEMENTS; element++) {
                vec sum = (vec)(0);
                if (!NAME(is_skipped)(pass, at.output_phase, element))
                    for (long s = 0; s < pass->sums; s++)
                        sum += LOAD(place + s * distance + element * step + k * PANEL + side * LANES);
                elements[element] = sum;
            }
            for (long c = 0; c < SIDE; c++) NAME(taps)(elements + c, SIDE, half + 3 * c);
            for (long r = 0; r < 3; r++) {
                NAME(taps)(half + r, 3, tap);
                for (long c = 0; c < 3; c++) STORE(&kernels[k][3 * r + c][side * LANES], tap[c]);
            }
        }
    for (long n = 0; n < PANEL; n++)
        for (long k = 0; k < LANES; k++) {
            const long input = at.input + k, output = at.output + n;
            if (input >= pass->kernels.inputs || output >= pass->kernels.outputs) continue;
            float *to = pass->gradient + input * pass->kernels.input + output * pass->kernels.output;
            for (long tap = 0; tap < 9; tap++)
                if (at.taps[tap] >= 0) to[at.taps[tap]] = kernels[k][tap][n];
        }
}

static void NAME(transform_weights)(const struct winograd_pass *pass, long item)
{
    const long blocks = pass->source.phases * pass->source.blocks, depth = NAME(depth)(pass);
    NAME(transform_block)(
        pass, item / blocks, item % blocks,
        (VALUE *)pass->transformed + (item / blocks * depth + item % blocks * LANES) * PANEL,
        NAME(all_panels)(pass) * depth * PANEL);
}

static void NAME(collect_gradients)(const struct winograd_pass *pass, long item)
{
    const long blocks = pass->source.phases * pass->source.blocks, depth = NAME(depth)(pass);
    const long step = NAME(all_panels)(pass) * depth * PANEL;
    NAME(collect_block)(
        pass, item / blocks, item % blocks,
        (const float *)pass->transformed + (item / blocks * depth + item % blocks * LANES) * PANEL, step, ELEMENTS * step);
}

// MARK: Forward

static void NAME(finish)(
    const struct winograd_pass *pass, long first_tile, long tiles, long first_panel, long panels, const float *products,
    long pitch, long step)
{
    const struct winograd_map *target = &pass->target;
    const struct vector_finish outcome = pass->finish;
    const int steps = NAME(steps)(&outcome);
    const long panels_of_phase = NAME(panels_of_phase)(pass);
    for (long t = 0; t < tiles; t++) {
        const struct NAME(tile) tile = NAME(tile_at)(pass, first_tile + t);
        const long rows = target->rows - tile.row < TILE ? target->rows - tile.row : TILE;
        const long columns = target->columns - tile.column < TILE ? target->columns - tile.column : TILE;
        for (long b = 0; b < 2 * panels; b++) {
            const long panel = first_panel + b / 2, phase = panel / panels_of_phase;
            const long block = panel % panels_of_phase * 2 + b % 2;
            if (block >= target->blocks) continue;
            vec half[TILE * SIDE], result[TILE];
            const float *from = products + t * pitch + b * LANES;
            for (long c = 0; c < SIDE; c++) {
                vec column[SIDE];
                for (long r = 0; r < SIDE; r++) column[r] = LOAD(from + (SIDE * r + c) * step);
                NAME(results)(column, 1, half + TILE * c);
            }
            const vec bias = pass->bias ? LOAD(pass->bias + block * LANES) : (vec)(0);
            const long corner = NAME(block_place)(target, tile.image, phase * target->blocks + block)
                + tile.row * target->row + tile.column * target->column;
            for (long r = 0; r < rows; r++) {
                NAME(results)(half + r, TILE, result);
                for (long c = 0; c < columns; c++) {
                    vec value = result[c] + bias;
                    NAME(put)(&outcome, steps, &value, corner + r * target->row + c * target->column, 1);
                }
            }
        }
    }
}

static void NAME(forward)(const struct winograd_pass *pass, void *scratch, long item)
{
    const long all_panels = NAME(all_panels)(pass), all_tiles = NAME(all_tiles)(pass), depth = NAME(depth)(pass);
    const long panel_parts = NAME(parts)(all_panels, pass->panels);
    const long first_tile = item / panel_parts * pass->tiles, first_panel = item % panel_parts * pass->panels;
    const long tiles = all_tiles - first_tile < pass->tiles ? all_tiles - first_tile : pass->tiles;
    const long panels = all_panels - first_panel < pass->panels ? all_panels - first_panel : pass->panels;
    const long value_pitch = NAME(values_pitch)(depth), product_pitch = NAME(floats_pitch)(pass->panels * PANEL);
    const long value_step = NAME(values_step)(pass->tiles * value_pitch);
    const long product_step = NAME(floats_step)(pass->tiles * product_pitch);
    VALUE *values = scratch;
    float *products = (float *)(values + ELEMENTS * value_step);
    VALUE *kernels = (VALUE *)(products + ELEMENTS * product_step);
    NAME(gather)(pass, first_tile, tiles, values, value_pitch, value_step);
    const long source_phase = pass->source.blocks * LANES, phases = pass->source.phases;
    // Element by element, so that an element's values stay in the cache; or, if kernels are transformed on the fly, panel by panel.
    const int passes_by = pass->transforms_on_the_way;
    const long part = passes_by ? PART : DEPTH, panel_step = passes_by ? 1 : panels;
    for (long p = 0; p < panels; p += panel_step)
        for (long phase = 0; phase < phases; phase++)
            for (long k = 0; k < source_phase; k += part) {
                const long from = phase * source_phase + k, count = source_phase - k < part ? source_phase - k : part;
                if (passes_by)
                    for (long block = 0; block < count / LANES; block++)
                        NAME(transform_block)(
                            pass, first_panel + p, from / LANES + block, kernels + block * LANES * PANEL, PART_STEP);
                for (long element = 0; element < ELEMENTS; element++) {
                    if (phases > 1 && NAME(is_skipped)(pass, phase, element)) continue;
                    // The first phase that is not skipped overwrites.
                    const int adds = k > 0 || (phases > 1 && NAME(first_phase)(pass, element) < phase);
                    for (long q = p; q < p + panel_step; q++) {
                        const long panel = first_panel + q;
                        if (pass->target.phases > 1
                            && NAME(is_skipped)(pass, panel / NAME(panels_of_phase)(pass), element))
                            continue;
                        NAME(product)(
                            tiles, values + element * value_step + from, value_pitch, PAIR,
                            passes_by ? kernels + element * PART_STEP
                                      : (const VALUE *)pass->transformed + ((element * all_panels + panel) * depth + from) * PANEL,
                            count, products + element * product_step + q * PANEL, product_pitch, adds);
                    }
                }
            }
    if (pass->target.phases > 1)
        for (long element = 0; element < ELEMENTS; element++)
            for (long q = 0; q < panels; q++)
                if (NAME(is_skipped)(pass, (first_panel + q) / NAME(panels_of_phase)(pass), element))
                    for (long t = 0; t < tiles; t++) {
                        float *c = products + element * product_step + t * product_pitch + q * PANEL;
                        STORE(c, (vec)(0));
                        STORE(c + LANES, (vec)(0));
                    }
    NAME(finish)(pass, first_tile, tiles, first_panel, panels, products, product_pitch, product_step);
}

// MARK: Gradients of kernels

static void NAME(sum_gradients)(const struct winograd_pass *pass, void *scratch, long item)
{
    const long all_panels = NAME(all_panels)(pass), all_tiles = NAME(all_tiles)(pass), depth = NAME(depth)(pass);
    const long all_blocks = pass->source.phases * pass->source.blocks, panels_of_phase = NAME(panels_of_phase)(pass);
    const long panel_parts = NAME(parts)(all_panels, pass->panels), block_parts = NAME(parts)(all_blocks, pass->blocks);
    const long sum = item / (panel_parts * block_parts);
    const long first_panel = item % panel_parts * pass->panels, first_block = item / panel_parts % block_parts * pass->blocks;
    const long panels = all_panels - first_panel < pass->panels ? all_panels - first_panel : pass->panels;
    const long blocks = all_blocks - first_block < pass->blocks ? all_blocks - first_block : pass->blocks;
    const long pairs = NAME(pairs)(pass->tiles), pitch = NAME(values_pitch)(pass->blocks * LANES * PAIR);
    const long value_step = NAME(values_step)(pairs * pitch);
    const long slope_step = NAME(values_step)(pass->panels * pairs * PANEL * PAIR);
    VALUE *values = scratch, *slopes = values + ELEMENTS * value_step;
    float *kernels = (float *)(slopes + ELEMENTS * slope_step);
    float *sums = pass->transforms_on_the_way ? 0 : (float *)pass->transformed + sum * ELEMENTS * all_panels * depth * PANEL;
    const long parts = NAME(parts)(all_tiles, pass->tiles);
    const long begin = sum * parts / pass->sums, end = (sum + 1) * parts / pass->sums;
    for (long part = begin; part < end; part++) {
        const long first_tile = part * pass->tiles;
        const long tiles = all_tiles - first_tile < pass->tiles ? all_tiles - first_tile : pass->tiles;
        const long summed = NAME(pairs)(tiles) * PAIR;
        NAME(gather_pairs)(pass, first_tile, tiles, first_block, blocks, values, pitch, value_step);
        NAME(gather_slopes)(pass, first_tile, tiles, first_panel, panels, slopes, slope_step);
        if (pass->transforms_on_the_way) {
            // The item covers all tiles, so each block of gradients is complete at once.
            for (long p = 0; p < panels; p++)
                for (long k = 0; k < blocks * LANES; k += PART) {
                    const long count = blocks * LANES - k < PART ? blocks * LANES - k : PART, panel = first_panel + p;
                    for (long element = 0; element < ELEMENTS; element++)
                        if (!NAME(is_skipped)(pass, panel / panels_of_phase, element))
                            NAME(product)(
                                count, values + element * value_step + k * PAIR, PAIR, pitch,
                                slopes + element * slope_step + p * pairs * PANEL * PAIR, summed,
                                kernels + element * PART_STEP, PANEL, 0);
                    for (long block = 0; block < count / LANES; block++)
                        NAME(collect_block)(
                            pass, panel, first_block + k / LANES + block, kernels + block * LANES * PANEL, PART_STEP, 0);
                }
            continue;
        }
        for (long element = 0; element < ELEMENTS; element++)
            for (long p = 0; p < panels; p++) {
                const long panel = first_panel + p;
                if (NAME(is_skipped)(pass, panel / panels_of_phase, element)) continue;
                NAME(product)(
                    blocks * LANES, values + element * value_step, PAIR, pitch,
                    slopes + element * slope_step + p * pairs * PANEL * PAIR, summed,
                    sums + ((element * all_panels + panel) * depth + first_block * LANES) * PANEL, PANEL, part > begin);
            }
    }
}

// The gradient of the bias: sums a block of channels over each row, then over the rows.
static void NAME(sum_cells)(const struct winograd_pass *pass, float *sums, long item)
{
    const struct winograd_map *map = &pass->target;
    vec total = (vec)(0);
    for (long phase = 0; phase < map->phases; phase++)
        for (long image = 0; image < pass->images; image++) {
            const CELL *block = NAME(block_start)(map, image, phase * map->blocks + item);
            for (long r = 0; r < map->rows; r++) {
                vec sum = (vec)(0);
                for (long c = 0; c < map->columns; c++) sum += LOAD_CELL(block + r * map->row + c * map->column);
                total += sum;
            }
        }
    for (long lane = 0; lane < LANES && item * LANES + lane < pass->kernels.outputs; lane++)
        sums[item * LANES + lane] = total[lane];
}

static const struct winograd_kernel_set NAME(winograd_kernel_set) = {
    .tile = TILE,
    .weights_items = NAME(weights_items),
    .forward_items = NAME(forward_items),
    .gradient_items = NAME(gradient_items),
    .forward_scratch = NAME(forward_scratch),
    .gradient_scratch = NAME(gradient_scratch),
    .transform_weights = NAME(transform_weights),
    .forward = NAME(forward),
    .sum_gradients = NAME(sum_gradients),
    .collect_gradients = NAME(collect_gradients),
    .sum_cells = NAME(sum_cells),
    .multiply = NAME(multiply),
};
