#pragma once

/// Convolutions by Winograd's minimal filtering, F(4x4, 3x3): four by four results of a 3x3 kernel with 36 products in
/// place of 144 (Lavin and Gray, arXiv:1509.09308), for the points 0, 5/8, -5/8, 3/2, -3/2 and infinity, whose error is
/// small.
///
/// Maps are in blocks: `[image, block of channels, row, column, channel of the block]`, with as many channels in a block as
/// a kernel set has lanes; what fills up the last block is zero. Nothing here starts a thread or allocates: a pass is a
/// number of items, which callers spread over threads as they like, each thread with scratch memory of its own; what an
/// item computes depends on neither.

/// A map, or four that lie interleaved in one: the cells of even and odd rows and columns, each of which counts as a map of
/// its own with the same channels (`phases` is then 4; phase 2 · r + c begins r rows and c columns further on).
struct winograd_map {
    void *start;
    /// Distances in cells: from an image, block, row, column to the next one of the same phase; and to the next phase.
    long image, block, row, column, phase_row, phase_column;
    /// Blocks of channels of a phase; rows and columns of a phase.
    long blocks, rows, columns;
    long phases;
};

/// Where a tap of each phase's kernel stands among the weights of an input and an output channel; -1 where it is zero.
/// Phases are of the outputs where these have several, otherwise of the inputs.
struct winograd_kernels {
    long taps[4][9];
    /// Distances in floats from the weights of one input or output channel to the next one's.
    long input, output;
    /// Channels of a phase.
    long inputs, outputs;
};

/// Rounding to the numbers that 8-bit integers with a scale stand for: wholes from `lowest` to `highest`, which are those of the
/// integers less the zero point, of numbers divided by `scale`; and what these are then multiplied by, `scale` or 1.
struct vector_rounding { float scale, lowest, highest, step; };

/// Bytes that stand for numbers: `scale` times what each is more than `zero`.
struct byte_form { float scale; int zero; };

/// What becomes of a result before it is put down: rounded, added to what stands in the same place of another map, rectified, rounded once
/// more. Maps have the target's extents.
struct vector_finish {
    void *target;
    /// Null: nothing is added.
    const void *summand;
    /// Whether results are rounded before the sum, negative ones become zero after it, and are then rounded.
    int rounds, rectifies, rounds_last;
    struct vector_rounding rounding, last_rounding;
    /// Whether the summand is of bytes, and in which form.
    int adds_bytes;
    struct byte_form summand_form;
    /// Whether wholes are put down as bytes, which begin at the last rounding's lowest.
    int writes_bytes;
};

/// A convolution of bytes with bytes, summed exactly. All maps are `[image, block, row, column, channel of the block]`.
struct integer_pass {
    const unsigned char *source;
    /// The byte that stands for zero, also outside of the map.
    int zero;
    long images, blocks, rows, columns;
    /// Channels of a block that are multiplied: 4, 8, 16, at most the set's lanes.
    long width;
    /// Whether positions side by side share what they see of a row: for one block of fewer channels, whose kernels' columns lie side by side
    /// and forwards.
    int shares_rows;
    /// Results of an image, and where they go in the target: from a first row and column on, with steps.
    long result_rows, result_columns;
    long target_blocks, target_rows, target_columns, first_row, first_column, step_row, step_column;
    long kernel_rows, kernel_columns, stride_row, stride_column, padding_row, padding_column, dilation_row, dilation_column;
    /// As `pack_weights` leaves them.
    void *weights;
    /// For each channel of the target's panels (pairs of blocks): what its sums begin with, what they are multiplied by, and what is then
    /// added.
    const int *starts;
    const float *factors, *shifts;
    struct vector_finish finish;
    /// Positions and panels of an item.
    long positions, panels;
};

/// The largest byte of each window. An item for each row of each block of each image of the target.
struct byte_window {
    const unsigned char *source;
    unsigned char *target;
    long rows, columns, target_rows, target_columns;
    long kernel_rows, kernel_columns, stride_row, stride_column, padding_row, padding_column;
};

struct integer_kernel_set {
    long (*items)(const struct integer_pass *);
    /// Bytes of scratch memory of an item, and of the packed weights.
    long (*scratch)(const struct integer_pass *);
    long (*weights_size)(const struct integer_pass *);
    /// Packs the weights of a panel. They come as `[output channel, kernel element, block, channel of the block]`, filled up with zeros to
    /// whole panels.
    void (*pack_weights)(const struct integer_pass *, const signed char *weights, long panel);
    void (*convolve)(const struct integer_pass *, void *scratch, long item);
    /// Finishes numbers that are there already: so many blocks of channels of a cell.
    void (*finish_cells)(const struct vector_finish *, const void *source, long count);
    /// Makes numbers of bytes again.
    void (*read_bytes)(const struct byte_form *, const unsigned char *source, void *target, long count);
    /// Makes bytes of floats that lie one channel after the other, `step` apart, at most as many as the set has lanes.
    void (*plain_bytes)(
        const struct vector_rounding *, const float *source, long step, long channels, unsigned char *target, long count);
    void (*largest_bytes)(const struct byte_window *, long item);
};

/// A pass: which maps are convolved with which kernels into which maps, and how the work is cut.
struct winograd_pass {
    struct winograd_map source, target;
    /// Whether the source is of bytes, of which one stands for zero; their scale is then among the weights' factors.
    int reads_bytes, zero;
    struct winograd_kernels kernels;
    long images;
    /// Rows and columns of zeros before the source's first.
    long padding_row, padding_column;
    /// The row and column of transformed kernels that are zero, in phases whose first, second bit is 0 or 1; -1: none.
    long skipped[2];
    /// Tiles of an image, tiles of an item, panels (of two blocks of output channels) of an item.
    long tile_rows, tile_columns, tiles, panels;
    /// For gradients: how many sums are made one beside the other, and blocks of input channels of an item.
    long sums, blocks;
    /// The kernels' weights as they lie outside; for each output channel of a phase, or input channel where `factors_by_input`,
    /// what they are multiplied by, or null; and their gradient.
    const float *weights, *factors;
    int factors_by_input;
    float *gradient;
    /// Whether each item transforms the kernels that it needs on the way, and sums their gradients over all tiles at once: for
    /// passes whose items have all tiles. Then nothing is kept in `transformed`.
    int transforms_on_the_way;
    /// Transformed kernels, or their gradients: `[sum, element, panel, input channel, output channel of the panel]`.
    void *transformed;
    /// What is added to each result, a number for each channel of the target's blocks; null: nothing.
    const float *bias;
    /// What then becomes of them.
    struct vector_finish finish;
};

/// The parts of a convolution's passes.
struct winograd_kernel_set {
    /// Rows and columns of results of a tile: 4 or 2.
    long tile;
    /// Items of the parts of work, and bytes of scratch memory of an item.
    long (*weights_items)(const struct winograd_pass *);
    long (*forward_items)(const struct winograd_pass *);
    long (*gradient_items)(const struct winograd_pass *);
    long (*forward_scratch)(const struct winograd_pass *);
    long (*gradient_scratch)(const struct winograd_pass *);
    void (*transform_weights)(const struct winograd_pass *, long item);
    /// Convolves.
    void (*forward)(const struct winograd_pass *, void *scratch, long item);
    /// Sums products of source and target, transformed: the gradient of the transformed kernels, where `target` holds the
    /// gradient of the results.
    void (*sum_gradients)(const struct winograd_pass *, void *scratch, long item);
    /// Makes of these the gradient of the kernels; as many items as for `transform_weights`.
    void (*collect_gradients)(const struct winograd_pass *, long item);
    /// Sums the target's cells, where it holds the gradient of the results: the gradient of the bias. An item for each block.
    void (*sum_cells)(const struct winograd_pass *, float *sums, long item);
    /// Multiplies and adds what is in registers, so many rounds: the most that a processor can do. Needs two registers of numbers, and
    /// returns how many products and sums that was.
    long (*multiply)(long rounds, float *numbers);
};

enum { NORMALIZATION_FACTORS = 6 };

/// Batch normalization by the batch's own statistics (Ioffe and Szegedy, arXiv:1502.03167), and a ReLU after it.
///
/// oneDNN's kernel waits in the middle for all its threads, and they spin: with other programs on the same cores for as long as
/// these are left running. Here nobody waits within an item.
struct normalization_pass {
    /// Values, and what is written: results, or the gradient with respect to the values. `slope` is that with respect to the
    /// results. All are `[image, block, cell, channel of the block]`.
    const void *source;
    void *target;
    const void *slope;
    long images, blocks, cells, channels;
    /// For each channel.
    const float *scale, *shift;
    float *scale_gradient, *shift_gradient;
    /// The batch's, for each channel; the variance is divided by the count.
    float *mean, *variance;
    float epsilon;
    /// Two numbers a channel of each block of each image.
    float *sums;
    /// Six a channel of each block: the forward pass leaves them for the backward one.
    float *factors;
    /// Whether negative results become zero; whether the gradient is added to what the target holds.
    int rectifies, adds;
};

/// The parts of both passes, in order. `settle` and `settle_slopes` have an item for each block, the others one for each block of each
/// image.
struct normalization_kernel_set {
    void (*measure)(const struct normalization_pass *, long item);
    void (*settle)(const struct normalization_pass *, long item);
    void (*apply)(const struct normalization_pass *, long item);
    void (*measure_slopes)(const struct normalization_pass *, long item);
    void (*settle_slopes)(const struct normalization_pass *, long item);
    void (*propagate)(const struct normalization_pass *, long item);
};

/// A deformable convolution (Dai et al., arXiv:1703.06211; with a mask Zhu et al., arXiv:1811.11168): the map is sampled between its
/// cells, a band of positions and some channels at a time, and the samples are multiplied by the weights.
struct sampled_pass {
    /// `[image, block, row, column, channel of the block]`.
    const void *map;
    void *target;
    /// `[image, group, kernel element, row or column, row, column]`, `[image, group, kernel element, row, column]`; the mask may be null.
    const float *offsets, *mask;
    /// As `pack_weights` leaves them, and what is added to each output channel.
    void *weights;
    const float *shift;
    long images, rows, columns, target_rows, target_columns;
    /// Blocks of channels, and groups of them that look at places of their own.
    long blocks, target_blocks, groups;
    long kernel_rows, kernel_columns, stride_row, stride_column, padding_row, padding_column, dilation_row, dilation_column;
    /// Positions of an item.
    long positions;
    /// Whether negative results become zero.
    int rectifies;
};

struct sampled_kernel_set {
    long (*items)(const struct sampled_pass *);
    /// Bytes of scratch memory of an item, and of the packed weights.
    long (*scratch)(const struct sampled_pass *);
    long (*weights_size)(const struct sampled_pass *);
    /// Packs the weights for a pair of blocks of output channels. They come as `[row, output channel]`, where a row is of a block of
    /// channels, a kernel element, a channel of the block; both ends are filled up with zeros to whole blocks.
    void (*pack_weights)(const struct sampled_pass *, const float *weights, long panel);
    void (*product)(const struct sampled_pass *, void *scratch, long item);
};

/// All kernels for one kind of processor.
struct vector_kernel_set {
    const char *name;
    /// Floats of a register: channels of a block.
    long lanes;
    const struct winograd_kernel_set *winograd;
    const struct normalization_kernel_set *normalization;
    const struct sampled_kernel_set *sampled;
    /// The same for maps of bfloat16, with products of float, of bfloat16, and of bfloat16 with smaller tiles; null where the processor has
    /// no such numbers.
    const struct winograd_kernel_set *winograd_bfloat16_maps, *winograd_bfloat16, *winograd_bfloat16_fine;
    const struct normalization_kernel_set *normalization_bfloat16;
    /// With products of bfloat16.
    const struct sampled_kernel_set *sampled_bfloat16;
    /// Rounds `count` numbers; source and target may be one.
    void (*round)(const struct vector_rounding *, const void *source, void *target, long count);
    void (*round_bfloat16)(const struct vector_rounding *, const void *source, void *target, long count);
    /// Convolutions of bytes; what is no bytes in them is float, or bfloat16. Whether the processor multiplies bytes, and does not widen
    /// them before.
    const struct integer_kernel_set *integer, *integer_bfloat16;
    int multiplies_bytes;
};

/// The sets that this processor can run, the fastest first, a null pointer at the end; the last one runs on all.
const struct vector_kernel_set *const *vector_kernel_sets(void);
