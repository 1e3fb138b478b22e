// Included once for each kind of processor, after WinogradTemplate.h.

// The numbers that `settle` leaves for each channel of a block, for `apply` and `propagate` to compute with.
enum { NAME(mean_place), NAME(inverse_place), NAME(scale_place), NAME(shift_place), NAME(sum_place), NAME(product_place) };

INLINE CELL *NAME(cells_of)(const struct normalization_pass *pass, const void *maps, long item)
{
    return (CELL *)maps + item * pass->cells * LANES;
}

INLINE float *NAME(factors_of)(const struct normalization_pass *pass, long item)
{
    return pass->factors + item % pass->blocks * NORMALIZATION_FACTORS * LANES;
}

INLINE float *NAME(sums_of)(const struct normalization_pass *pass, long item) { return pass->sums + item * 2 * LANES; }

// The length of the runs of cells that are summed separately: a single sum of many thousand numbers would lose low-order digits.
#define RUN 64

static void NAME(measure)(const struct normalization_pass *pass, long item)
{
    const CELL *cells = NAME(cells_of)(pass, pass->source, item);
    vec total = (vec)(0);
    for (long first = 0; first < pass->cells; first += RUN) {
        const long end = first + RUN < pass->cells ? first + RUN : pass->cells;
        vec sum = (vec)(0);
        for (long cell = first; cell < end; cell++) sum += LOAD_CELL(cells + cell * LANES);
        total += sum;
    }
    const vec mean = total / (float)pass->cells;
    vec squares = (vec)(0);
    for (long first = 0; first < pass->cells; first += RUN) {
        const long end = first + RUN < pass->cells ? first + RUN : pass->cells;
        vec sum = (vec)(0);
        for (long cell = first; cell < end; cell++) {
            const vec difference = LOAD_CELL(cells + cell * LANES) - mean;
            sum += difference * difference;
        }
        squares += sum;
    }
    STORE(NAME(sums_of)(pass, item), mean);
    STORE(NAME(sums_of)(pass, item) + LANES, squares);
}

// Combines the images' means and sums of squares (Chan, Golub and LeVeque, 1983).
static void NAME(settle)(const struct normalization_pass *pass, long block)
{
    float *factors = NAME(factors_of)(pass, block);
    for (long lane = 0; lane < LANES; lane++) {
        const long channel = block * LANES + lane;
        double mean = 0, squares = 0;
        for (long image = 0; image < pass->images; image++)
            mean += NAME(sums_of)(pass, image * pass->blocks + block)[lane];
        mean /= (double)pass->images;
        for (long image = 0; image < pass->images; image++) {
            const float *sums = NAME(sums_of)(pass, image * pass->blocks + block);
            const double difference = sums[lane] - mean;
            squares += sums[LANES + lane] + difference * difference * (double)pass->cells;
        }
        const double variance = squares / ((double)pass->images * (double)pass->cells);
        const int exists = channel < pass->channels;
        if (exists) {
            pass->mean[channel] = (float)mean;
            pass->variance[channel] = (float)variance;
        }
        factors[NAME(mean_place) * LANES + lane] = exists ? (float)mean : 0;
        factors[NAME(inverse_place) * LANES + lane] = exists ? (float)(1 / __builtin_sqrt(variance + pass->epsilon)) : 0;
        factors[NAME(scale_place) * LANES + lane] = exists ? pass->scale[channel] : 0;
        factors[NAME(shift_place) * LANES + lane] = exists ? pass->shift[channel] : 0;
    }
}

static void NAME(apply)(const struct normalization_pass *pass, long item)
{
    const float *factors = NAME(factors_of)(pass, item);
    const CELL *cells = NAME(cells_of)(pass, pass->source, item);
    CELL *results = NAME(cells_of)(pass, pass->target, item);
    const vec mean = LOAD(factors + NAME(mean_place) * LANES), shift = LOAD(factors + NAME(shift_place) * LANES);
    const vec factor = LOAD(factors + NAME(inverse_place) * LANES) * LOAD(factors + NAME(scale_place) * LANES);
    for (long cell = 0; cell < pass->cells; cell++) {
        vec value = (LOAD_CELL(cells + cell * LANES) - mean) * factor + shift;
        // NaN stays NaN.
        if (pass->rectifies) value = value < 0 ? (vec)(0) : value;
        STORE_CELL(results + cell * LANES, value);
    }
}

// Propagates a gradient back through the ReLU.
INLINE void NAME(pass_back)(const struct normalization_pass *pass, const vec *value, vec *slope)
{
    if (pass->rectifies) *slope = *value > 0 ? *slope : (vec)(0);
}

static void NAME(measure_slopes)(const struct normalization_pass *pass, long item)
{
    const float *factors = NAME(factors_of)(pass, item);
    const CELL *cells = NAME(cells_of)(pass, pass->source, item);
    const CELL *slopes = NAME(cells_of)(pass, pass->slope, item);
    const vec mean = LOAD(factors + NAME(mean_place) * LANES), inverse = LOAD(factors + NAME(inverse_place) * LANES);
    const vec scale = LOAD(factors + NAME(scale_place) * LANES), shift = LOAD(factors + NAME(shift_place) * LANES);
    const vec factor = inverse * scale;
    vec total = (vec)(0), products = (vec)(0);
    for (long first = 0; first < pass->cells; first += RUN) {
        const long end = first + RUN < pass->cells ? first + RUN : pass->cells;
        vec sum = (vec)(0), product = (vec)(0);
        for (long cell = first; cell < end; cell++) {
            const vec difference = LOAD_CELL(cells + cell * LANES) - mean;
            const vec value = difference * factor + shift;
            vec slope = LOAD_CELL(slopes + cell * LANES);
            NAME(pass_back)(pass, &value, &slope);
            sum += slope;
            product += slope * difference;
        }
        total += sum;
        products += product;
    }
    STORE(NAME(sums_of)(pass, item), total);
    STORE(NAME(sums_of)(pass, item) + LANES, products * inverse);
}

static void NAME(settle_slopes)(const struct normalization_pass *pass, long block)
{
    float *factors = NAME(factors_of)(pass, block);
    const double count = (double)pass->images * (double)pass->cells;
    for (long lane = 0; lane < LANES; lane++) {
        const long channel = block * LANES + lane;
        double sum = 0, product = 0;
        for (long image = 0; image < pass->images; image++) {
            const float *sums = NAME(sums_of)(pass, image * pass->blocks + block);
            sum += sums[lane];
            product += sums[LANES + lane];
        }
        factors[NAME(sum_place) * LANES + lane] = (float)(sum / count);
        factors[NAME(product_place) * LANES + lane] = (float)(product / count);
        if (channel >= pass->channels) continue;
        pass->shift_gradient[channel] = (float)sum;
        pass->scale_gradient[channel] = (float)product;
    }
}

static void NAME(propagate)(const struct normalization_pass *pass, long item)
{
    const float *factors = NAME(factors_of)(pass, item);
    const CELL *cells = NAME(cells_of)(pass, pass->source, item);
    const CELL *slopes = NAME(cells_of)(pass, pass->slope, item);
    CELL *gradient = NAME(cells_of)(pass, pass->target, item);
    const vec mean = LOAD(factors + NAME(mean_place) * LANES), inverse = LOAD(factors + NAME(inverse_place) * LANES);
    const vec scale = LOAD(factors + NAME(scale_place) * LANES), shift = LOAD(factors + NAME(shift_place) * LANES);
    const vec sum = LOAD(factors + NAME(sum_place) * LANES);
    const vec factor = inverse * scale, product = LOAD(factors + NAME(product_place) * LANES) * inverse;
    for (long cell = 0; cell < pass->cells; cell++) {
        const vec difference = LOAD_CELL(cells + cell * LANES) - mean;
        const vec value = difference * factor + shift;
        vec slope = LOAD_CELL(slopes + cell * LANES);
        NAME(pass_back)(pass, &value, &slope);
        vec result = factor * (slope - sum - difference * product);
        if (pass->adds) result += LOAD_CELL(gradient + cell * LANES);
        STORE_CELL(gradient + cell * LANES, result);
    }
}

#undef RUN

static const struct normalization_kernel_set NAME(normalization_kernel_set) = {
    .measure = NAME(measure),
    .settle = NAME(settle),
    .apply = NAME(apply),
    .measure_slopes = NAME(measure_slopes),
    .settle_slopes = NAME(settle_slopes),
    .propagate = NAME(propagate),
};

// MARK: Rounding only

static void NAME(round)(const struct vector_rounding *rounding, const void *source, void *target, long count)
{
    const CELL *from = source;
    CELL *to = target;
    long index = 0;
    for (; index + LANES <= count; index += LANES) {
        vec value = LOAD_CELL(from + index);
        NAME(round_all)(rounding, &value, 0);
        STORE_CELL(to + index, value);
    }
    if (index == count) return;
    CELL rest[LANES] = {0};
    for (long lane = 0; index + lane < count; lane++) rest[lane] = from[index + lane];
    vec value = LOAD_CELL(rest);
    NAME(round_all)(rounding, &value, 0);
    STORE_CELL(rest, value);
    for (long lane = 0; index + lane < count; lane++) to[index + lane] = rest[lane];
}
