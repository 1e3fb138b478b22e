// Included after WinogradTemplate.h for sets with deformable convolutions; cells and samples have the template's types CELL and VALUE.

// Blocks of channels that are sampled and multiplied at a time: the samples then stay in the second-level cache, their weights in the
// first.
#define SAMPLED_BLOCKS 2

// The four cells around a sampling position, as offsets into the plane, and their weights; a weight is 0 outside of the map.
struct NAME(sample) { int cells[4]; float weights[4]; };

INLINE struct NAME(sample) NAME(sample_at)(const struct sampled_pass *pass, float row, float column, float mask)
{
    struct NAME(sample) sample = {{0}, {0}};
    if (!(row >= -1 && column >= -1 && row < (float)pass->rows && column < (float)pass->columns)) {
        // If a position is NaN, so are its samples.
        if (row != row || column != column) sample.weights[0] = __builtin_nanf("");
        return sample;
    }
    // Above the first row and left of the first column, truncation rounds upwards.
    const int top = row < (float)(int)row ? (int)row - 1 : (int)row;
    const int left = column < (float)(int)column ? (int)column - 1 : (int)column;
    const float down = row - (float)top, right = column - (float)left;
    const float parts[4] = {(1 - down) * (1 - right), (1 - down) * right, down * (1 - right), down * right};
    for (int corner = 0; corner < 4; corner++) {
        const int y = top + corner / 2, x = left + corner % 2;
        if (y < 0 || x < 0 || y >= pass->rows || x >= pass->columns) continue;
        sample.cells[corner] = y * (int)pass->columns + x;
        sample.weights[corner] = parts[corner] * mask;
    }
    return sample;
}

INLINE long NAME(sampled_elements)(const struct sampled_pass *pass) { return pass->kernel_rows * pass->kernel_columns; }
INLINE long NAME(sampled_depth)(const struct sampled_pass *pass) { return pass->blocks * NAME(sampled_elements)(pass) * LANES; }
INLINE long NAME(sampled_panels)(const struct sampled_pass *pass) { return (pass->target_blocks + 1) / 2; }
INLINE long NAME(sampled_area)(const struct sampled_pass *pass) { return pass->target_rows * pass->target_columns; }
INLINE long NAME(sampled_row)(const struct sampled_pass *pass)
{
    return NAME(values_pitch)(SAMPLED_BLOCKS * NAME(sampled_elements)(pass) * LANES);
}

static long NAME(sampled_items)(const struct sampled_pass *pass)
{
    return pass->images * NAME(parts)(NAME(sampled_area)(pass), pass->positions);
}

static long NAME(sampled_scratch)(const struct sampled_pass *pass)
{
    const long samples = pass->positions * NAME(sampled_elements)(pass) * (long)sizeof(struct NAME(sample));
    return (samples + 63) / 64 * 64 + NAME(values_step)(pass->positions * NAME(sampled_row)(pass)) * (long)sizeof(VALUE)
        + pass->positions * NAME(floats_pitch)(NAME(sampled_panels)(pass) * PANEL) * (long)sizeof(float);
}

static long NAME(sampled_weights_count)(const struct sampled_pass *pass)
{
    return NAME(sampled_panels)(pass) * NAME(sampled_depth)(pass) * PANEL * (long)sizeof(VALUE);
}

// Packs one panel of weights: `[pair of rows of the matrix, output channel of the panel, row of the pair]`.
static void NAME(pack_sampled)(const struct sampled_pass *pass, const float *weights, long panel)
{
    const long depth = NAME(sampled_depth)(pass), outputs = pass->target_blocks * LANES;
    VALUE *packed = (VALUE *)pass->weights + panel * depth * PANEL;
    for (long k = 0; k < depth; k += PAIR)
        for (long side = 0; side < 2; side++) {
            const long first = panel * PANEL + side * LANES;
            vec values[PAIR];
            for (long p = 0; p < PAIR; p++) values[p] = first < outputs ? LOAD(weights + (k + p) * outputs + first) : (vec)(0);
            NAME(store_values)(packed + k * PANEL + side * LANES * PAIR, values);
        }
}

static void NAME(sampled_product)(const struct sampled_pass *pass, void *scratch, long item)
{
    const long elements = NAME(sampled_elements)(pass), area = NAME(sampled_area)(pass), depth = NAME(sampled_depth)(pass);
    const long bands = NAME(parts)(area, pass->positions), image = item / bands, first = item % bands * pass->positions;
    const long count = area - first < pass->positions ? area - first : pass->positions;
    const long panels = NAME(sampled_panels)(pass), row = NAME(sampled_row)(pass);
    const long product_row = NAME(floats_pitch)(panels * PANEL), blocks_per_group = pass->blocks / pass->groups;
    struct NAME(sample) *samples = scratch;
    VALUE *matrix = (VALUE *)((char *)scratch + (pass->positions * elements * (long)sizeof(struct NAME(sample)) + 63) / 64 * 64);
    float *products = (float *)(matrix + NAME(values_step)(pass->positions * row));
    const CELL *map = (const CELL *)pass->map + image * pass->blocks * pass->rows * pass->columns * LANES;
    long group = -1;
    for (long block = 0, blocks; block < pass->blocks; block += blocks) {
        if (block / blocks_per_group != group) {
            group = block / blocks_per_group;
            const float *plane = pass->offsets + (image * pass->groups + group) * elements * 2 * area + first;
            const float *masks = pass->mask ? pass->mask + (image * pass->groups + group) * elements * area + first : 0;
            for (long position = 0; position < count; position++) {
                const long y = (first + position) / pass->target_columns * pass->stride_row - pass->padding_row;
                const long x = (first + position) % pass->target_columns * pass->stride_column - pass->padding_column;
                for (long element = 0; element < elements; element++)
                    samples[position * elements + element] = NAME(sample_at)(
                        pass,
                        (float)(y + element / pass->kernel_columns * pass->dilation_row) + plane[element * 2 * area + position],
                        (float)(x + element % pass->kernel_columns * pass->dilation_column)
                            + plane[(element * 2 + 1) * area + position],
                        masks ? masks[element * area + position] : 1);
            }
        }
        const long left = (group + 1) * blocks_per_group - block;
        blocks = left < SAMPLED_BLOCKS ? left : SAMPLED_BLOCKS;
        for (long position = 0; position < count; position++)
            for (long element = 0; element < elements; element++) {
                const struct NAME(sample) *sample = samples + position * elements + element;
                for (long b = 0; b < blocks; b++) {
                    const CELL *plane = map + (block + b) * pass->rows * pass->columns * LANES;
                    const vec value = sample->weights[0] * LOAD_CELL(plane + sample->cells[0] * LANES)
                        + sample->weights[1] * LOAD_CELL(plane + sample->cells[1] * LANES)
                        + (sample->weights[2] * LOAD_CELL(plane + sample->cells[2] * LANES)
                            + sample->weights[3] * LOAD_CELL(plane + sample->cells[3] * LANES));
                    STORE_VALUE(matrix + position * row + (b * elements + element) * LANES, value);
                }
            }
        const long from = block * elements * LANES, width = blocks * elements * LANES;
        for (long panel = 0; panel < panels; panel++)
            NAME(product)(
                count, matrix, row, PAIR, (const VALUE *)pass->weights + (panel * depth + from) * PANEL, width,
                products + panel * PANEL, product_row, block > 0);
    }
    for (long b = 0; b < pass->target_blocks; b++) {
        CELL *plane = (CELL *)pass->target + ((image * pass->target_blocks + b) * area + first) * LANES;
        const vec shift = LOAD(pass->shift + b * LANES);
        for (long position = 0; position < count; position++) {
            vec value = LOAD(products + position * product_row + b * LANES) + shift;
            // NaN stays NaN.
            if (pass->rectifies) value = value < 0 ? (vec)(0) : value;
            STORE_CELL(plane + position * LANES, value);
        }
    }
}

#undef SAMPLED_BLOCKS

static const struct sampled_kernel_set NAME(sampled_kernel_set) = {
    .items = NAME(sampled_items),
    .scratch = NAME(sampled_scratch),
    .weights_size = NAME(sampled_weights_count),
    .pack_weights = NAME(pack_sampled),
    .product = NAME(sampled_product),
};
