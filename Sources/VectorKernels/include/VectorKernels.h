#pragma once

/// Convolutions by Winograd's minimal filtering, F(4x4, 3x3): 4x4 results of a 3x3 kernel with 36 products instead of 144 (Lavin and Gray,
/// arXiv:1509.09308), for the points 0, 5/8, -5/8, 3/2, -3/2 and infinity, whose error is small.
///
/// Maps are stored in blocks: `[image, block of channels, row, column, channel of the block]`, with as many channels per block as a kernel
/// set has lanes; the last block is padded with zeros. Nothing here starts a thread or allocates memory: a pass consists of work items,
/// which callers distribute over threads as they like, with separate scratch memory for each thread; the result of an item depends on
/// neither.

/// A map, or four interleaved in one: the cells of even and odd rows and columns, each of which counts as a separate map with the same
/// channels (`phases` is then 4; phase 2 · r + c begins r rows and c columns further on).
struct winograd_map {
    void *start;
    /// Distances in cells: from an image, block, row or column to the next one of the same phase; and to the next phase.
    long image, block, row, column, phase_row, phase_column;
    /// Blocks of channels per phase; rows and columns per phase.
    long blocks, rows, columns;
    long phases;
};

/// The position of each tap of each phase's kernel among the weights of an input and an output channel; -1 if it is zero. Phases are those
/// of the output if it has several, otherwise those of the input.
struct winograd_kernels {
    long taps[4][9];
    /// Distances in floats from the weights of one input or output channel to those of the next.
    long input, output;
    /// Channels per phase.
    long inputs, outputs;
};

/// Rounding to the values that 8-bit integers with a scale can represent: the value is divided by `scale`, rounded to an integer from
/// `lowest` to `highest` (the range of the 8-bit type minus the zero point), and multiplied by `step`, which is `scale` or 1.
struct vector_rounding { float scale, lowest, highest, step; };

/// How bytes represent values: `scale` times the difference of the byte from `zero`.
struct byte_form { float scale; int zero; };

/// What is done to a result before it is stored: it is rounded, added to the value at the same position of another map, rectified, and
/// rounded again. All maps have the target's extents.
struct vector_finish {
    void *target;
    /// Null: nothing is added.
    const void *summand;
    /// Whether results are rounded before the sum, whether negative ones become zero after it, and whether they are then rounded.
    int rounds, rectifies, rounds_last;
    struct vector_rounding rounding, last_rounding;
    /// Whether the summand consists of bytes, and their form.
    int adds_bytes;
    struct byte_form summand_form;
    /// Whether the rounded integers are stored as bytes, counted from the last rounding's `lowest`.
    int writes_bytes;
};

/// A convolution of bytes by bytes, summed exactly. All maps are `[image, block, row, column, channel of the block]`.
struct integer_pass {
    const unsigned char *source;
    /// The byte that represents zero, also outside of the map.
    int zero;
    long images, blocks, rows, columns;
    /// Channels of a block that are multiplied: 4, 8 or 16, at most the set's lanes.
    long width;
    /// Whether neighbouring positions share the cells of a row that they read: only for a single, partly filled block and kernels whose
    /// columns are adjacent and in ascending order.
    int shares_rows;
    /// The number of results per image, and where they are stored in the target: from a first row and column on, with steps.
    long result_rows, result_columns;
    long target_blocks, target_rows, target_columns, first_row, first_column, step_row, step_column;
    long kernel_rows, kernel_columns, stride_row, stride_column, padding_row, padding_column, dilation_row, dilation_column;
    /// As packed by `pack_weights`.
    void *weights;
    /// For each channel of the target's panels (pairs of blocks): the initial value of its sums, the factor they are multiplied by, and the
    /// value then added.
    const int *starts;
    const float *factors, *shifts;
    struct vector_finish finish;
    /// Positions and panels per item.
    long positions, panels;
};

/// Max pooling of bytes. There is one item for each row of each block of each image of the target.
struct byte_window {
    const unsigned char *source;
    unsigned char *target;
    long rows, columns, target_rows, target_columns;
    long kernel_rows, kernel_columns, stride_row, stride_column, padding_row, padding_column;
};

struct integer_kernel_set {
    long (*items)(const struct integer_pass *);
    /// Bytes of scratch memory per item, and of the packed weights.
    long (*scratch)(const struct integer_pass *);
    long (*weights_size)(const struct integer_pass *);
    /// Packs the weights of a panel. They are given as `[output channel, kernel element, block, channel of the block]`, padded with zeros
    /// to whole panels.
    void (*pack_weights)(const struct integer_pass *, const signed char *weights, long panel);
    void (*convolve)(const struct integer_pass *, void *scratch, long item);
    /// Finishes existing values: `count` cells of one block of channels each.
    void (*finish_cells)(const struct vector_finish *, const void *source, long count);
    /// Converts bytes back to numbers.
    void (*read_bytes)(const struct byte_form *, const unsigned char *source, void *target, long count);
    /// Converts floats to bytes; channels are stored one after the other, `step` apart, at most as many as the set has lanes.
    void (*plain_bytes)(
        const struct vector_rounding *, const float *source, long step, long channels, unsigned char *target, long count);
    void (*largest_bytes)(const struct byte_window *, long item);
};

/// A pass: which maps are convolved with which kernels into which maps, and how the work is partitioned.
struct winograd_pass {
    struct winograd_map source, target;
    /// Whether the source consists of bytes, and the byte that represents zero; their scale is then included in the weights' factors.
    int reads_bytes, zero;
    struct winograd_kernels kernels;
    long images;
    /// Rows and columns of zeros before the source's first.
    long padding_row, padding_column;
    /// The row and column of the transformed kernels that are zero, in phases whose first or second bit is 0 or 1; -1: none.
    long skipped[2];
    /// Tiles per image, tiles per item, panels (of two blocks of output channels) per item.
    long tile_rows, tile_columns, tiles, panels;
    /// For gradients: the number of partial sums, and blocks of input channels per item.
    long sums, blocks;
    /// The kernels' weights in the caller's layout; the factor of each output channel of a phase, or of each input channel if
    /// `factors_by_input`, or null; and the gradient with respect to the weights.
    const float *weights, *factors;
    int factors_by_input;
    float *gradient;
    /// Whether each item transforms the kernels that it needs on the fly, and sums their gradients over all tiles at once: for passes whose
    /// items each cover all tiles. `transformed` is then unused.
    int transforms_on_the_way;
    /// Transformed kernels, or their gradients: `[sum, element, panel, input channel, output channel of the panel]`.
    void *transformed;
    /// The value added to each result, one for each channel of the target's blocks; null: nothing.
    const float *bias;
    /// What is then done to the results.
    struct vector_finish finish;
};

/// The functions of a convolution's passes.
struct winograd_kernel_set {
    /// Rows and columns of results per tile: 4 or 2.
    long tile;
    /// The number of items of each part of the work, and the bytes of scratch memory per item.
    long (*weights_items)(const struct winograd_pass *);
    long (*forward_items)(const struct winograd_pass *);
    long (*gradient_items)(const struct winograd_pass *);
    long (*forward_scratch)(const struct winograd_pass *);
    long (*gradient_scratch)(const struct winograd_pass *);
    void (*transform_weights)(const struct winograd_pass *, long item);
    /// Convolves.
    void (*forward)(const struct winograd_pass *, void *scratch, long item);
    /// Sums the products of the transformed source and target: the gradient of the transformed kernels, where `target` holds the gradient
    /// of the results.
    void (*sum_gradients)(const struct winograd_pass *, void *scratch, long item);
    /// Converts these to the gradient of the kernels; the number of items is the same as for `transform_weights`.
    void (*collect_gradients)(const struct winograd_pass *, long item);
    /// Sums the target's cells, where it holds the gradient of the results: the gradient of the bias. There is one item per block.
    void (*sum_cells)(const struct winograd_pass *, float *sums, long item);
    /// Multiplies and adds register contents for the given number of rounds: the peak throughput of the processor. Requires two registers
    /// of numbers, and returns how many multiplications and additions that was.
    long (*multiply)(long rounds, float *numbers);
};

enum { NORMALIZATION_FACTORS = 6 };

/// Batch normalization by the batch's own statistics (Ioffe and Szegedy, arXiv:1502.03167), followed by a ReLU.
///
/// oneDNN's kernel has a barrier in the middle at which its threads spin: if other programs run on the same cores, for as long as these
/// run. Here, no thread waits within an item.
struct normalization_pass {
    /// The values, and the output: results, or the gradient with respect to the values. `slope` is the gradient with respect to the
    /// results. All are `[image, block, cell, channel of the block]`.
    const void *source;
    void *target;
    const void *slope;
    long images, blocks, cells, channels;
    /// One for each channel.
    const float *scale, *shift;
    float *scale_gradient, *shift_gradient;
    /// The batch's statistics, for each channel; the variance is divided by the count.
    float *mean, *variance;
    float epsilon;
    /// Two numbers per channel of each block of each image.
    float *sums;
    /// Six numbers per channel of each block: written by the forward pass for the backward pass.
    float *factors;
    /// Whether negative results become zero; whether the gradient is added to what the target holds.
    int rectifies, adds;
};

/// The steps of both passes, in order. `settle` and `settle_slopes` have one item for each block, the others one for each block of each
/// image.
struct normalization_kernel_set {
    void (*measure)(const struct normalization_pass *, long item);
    void (*settle)(const struct normalization_pass *, long item);
    void (*apply)(const struct normalization_pass *, long item);
    void (*measure_slopes)(const struct normalization_pass *, long item);
    void (*settle_slopes)(const struct normalization_pass *, long item);
    void (*propagate)(const struct normalization_pass *, long item);
};

/// A deformable convolution (Dai et al., arXiv:1703.06211; with a mask Zhu et al., arXiv:1811.11168): the map is sampled between its cells,
/// for a band of positions and some channels at a time, and the samples are multiplied by the weights.
struct sampled_pass {
    /// `[image, block, row, column, channel of the block]`.
    const void *map;
    void *target;
    /// `[image, group, kernel element, row or column, row, column]`, `[image, group, kernel element, row, column]`; the mask may be null.
    const float *offsets, *mask;
    /// As packed by `pack_weights`, and the value added to each output channel.
    void *weights;
    const float *shift;
    long images, rows, columns, target_rows, target_columns;
    /// Blocks of channels, and groups of blocks that have their own offsets.
    long blocks, target_blocks, groups;
    long kernel_rows, kernel_columns, stride_row, stride_column, padding_row, padding_column, dilation_row, dilation_column;
    /// Positions per item.
    long positions;
    /// Whether negative results become zero.
    int rectifies;
};

struct sampled_kernel_set {
    long (*items)(const struct sampled_pass *);
    /// Bytes of scratch memory per item, and of the packed weights.
    long (*scratch)(const struct sampled_pass *);
    long (*weights_size)(const struct sampled_pass *);
    /// Packs the weights for a pair of blocks of output channels. They are given as `[row, output channel]`, where a row stands for a block
    /// of channels, a kernel element and a channel of the block; both axes are padded with zeros to whole blocks.
    void (*pack_weights)(const struct sampled_pass *, const float *weights, long panel);
    void (*product)(const struct sampled_pass *, void *scratch, long item);
};

/// All kernels for one kind of processor.
struct vector_kernel_set {
    const char *name;
    /// Floats per register: channels per block.
    long lanes;
    const struct winograd_kernel_set *winograd;
    const struct normalization_kernel_set *normalization;
    const struct sampled_kernel_set *sampled;
    /// The same for maps of bfloat16, with products in float, in bfloat16, and in bfloat16 with smaller tiles; null if the processor does
    /// not support bfloat16.
    const struct winograd_kernel_set *winograd_bfloat16_maps, *winograd_bfloat16, *winograd_bfloat16_fine;
    const struct normalization_kernel_set *normalization_bfloat16;
    /// With products in bfloat16.
    const struct sampled_kernel_set *sampled_bfloat16;
    /// Rounds `count` numbers; source and target may be the same memory.
    void (*round)(const struct vector_rounding *, const void *source, void *target, long count);
    void (*round_bfloat16)(const struct vector_rounding *, const void *source, void *target, long count);
    /// Convolutions of bytes; values in them that are not bytes are float or bfloat16. `multiplies_bytes`: whether the processor multiplies
    /// bytes directly, without widening them first.
    const struct integer_kernel_set *integer, *integer_bfloat16;
    int multiplies_bytes;
};

/// The sets that this processor can run, the fastest first, terminated by a null pointer; the last set runs on any processor.
const struct vector_kernel_set *const *vector_kernel_sets(void);
