#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// MARK: Layouts

/// A tensor's extents, and how its numbers lie in memory. Whoever makes one gives it back with `pinpoint_layout_destroy`.
typedef struct pinpoint_layout *pinpoint_layout_t;
typedef const struct pinpoint_layout *pinpoint_const_layout_t;

static inline dnnl_status_t pinpoint_layout_create(
    pinpoint_layout_t *layout, int axes, const int64_t *extents, dnnl_data_type_t type, dnnl_format_tag_t tag);

/// The axes in another order: axis `permutation[k]` is what was axis `k`.
static inline dnnl_status_t pinpoint_layout_permuted(
    pinpoint_layout_t *layout, pinpoint_const_layout_t whole, const int *permutation);

/// The part with some extents from some position on, in the memory of the whole.
static inline dnnl_status_t pinpoint_layout_part(
    pinpoint_layout_t *layout, pinpoint_const_layout_t whole, const int64_t *extents, const int64_t *position);

static inline void pinpoint_layout_destroy(pinpoint_layout_t layout);

static inline bool pinpoint_layouts_are_equal(pinpoint_const_layout_t left, pinpoint_const_layout_t right);

/// Bytes, padding included.
static inline size_t pinpoint_layout_size(pinpoint_const_layout_t layout);

static inline int pinpoint_layout_axis_count(pinpoint_const_layout_t layout);
static inline dnnl_data_type_t pinpoint_layout_type(pinpoint_const_layout_t layout);

/// For each axis. They live as long as the layout.
static inline const int64_t *pinpoint_layout_extents(pinpoint_const_layout_t layout);

/// How many blocks of neighbours lie together, from the outermost to the densest; none in plain layouts.
static inline int pinpoint_layout_block_count(pinpoint_const_layout_t layout);

/// Of each axis, from a block to the next; nothing where the layout has no such steps.
static inline const int64_t *pinpoint_layout_strides(pinpoint_const_layout_t layout);

/// The axis of each block, and how many neighbours it has.
static inline const int64_t *pinpoint_layout_block_axes(pinpoint_const_layout_t layout);
static inline const int64_t *pinpoint_layout_block_extents(pinpoint_const_layout_t layout);

// MARK: Operations

// Each function looks for the kernel that computes an operation on tensors of certain layouts, which may be left to it; it says
// `dnnl_unimplemented` where there is none. Strides, paddings and windows have a number for each axis after batch and channels.

/// Whether the release takes channels last for convolutions whose layouts are left to it.
static inline bool pinpoint_likes_channels_last(void);

/// What all of them want to know.
typedef struct {
    dnnl_engine_t engine;
    /// What is done to the result on the way; may be nothing.
    const_dnnl_primitive_attr_t attributes;
    /// The forward operation that a backward one belongs to.
    const_dnnl_primitive_desc_t forward;
} pinpoint_setting_t;

/// The layout that was chosen for an argument, for the caller to give back; nothing where the operation has no such argument.
static inline pinpoint_layout_t pinpoint_chosen_layout(
    const_dnnl_primitive_desc_t operation, dnnl_query_t argument, int index);

static inline dnnl_status_t pinpoint_memory_create(
    dnnl_memory_t *memory, pinpoint_const_layout_t layout, dnnl_engine_t engine, void *start);

/// Adds the result to what the target holds.
static inline dnnl_status_t pinpoint_append_sum(dnnl_post_ops_t operations);

/// Applies a function to each number.
static inline dnnl_status_t pinpoint_append_eltwise(
    dnnl_post_ops_t operations, dnnl_alg_kind_t function, float alpha, float beta);

static inline dnnl_status_t pinpoint_reorder(
    dnnl_primitive_desc_t *operation, pinpoint_setting_t setting, pinpoint_const_layout_t source,
    pinpoint_const_layout_t target);

/// - Parameter target: Nothing where its layout is left to the library.
static inline dnnl_status_t pinpoint_concatenation(
    dnnl_primitive_desc_t *operation, pinpoint_setting_t setting, int axis, int count,
    const pinpoint_const_layout_t *sources, pinpoint_const_layout_t target);

static inline dnnl_status_t pinpoint_binary(
    dnnl_primitive_desc_t *operation, pinpoint_setting_t setting, dnnl_alg_kind_t function,
    pinpoint_const_layout_t left, pinpoint_const_layout_t right, pinpoint_const_layout_t target);

/// A convolution, or a transposed one where the algorithm is one of those. The bias may be nothing.
///
/// - Parameter dilations: Cells left out between two kernel elements.
static inline dnnl_status_t pinpoint_convolution_forward(
    dnnl_primitive_desc_t *operation, pinpoint_setting_t setting, dnnl_prop_kind_t kind, dnnl_alg_kind_t algorithm,
    pinpoint_const_layout_t source, pinpoint_const_layout_t weights, pinpoint_const_layout_t bias,
    pinpoint_const_layout_t target, const int64_t *strides, const int64_t *dilations, const int64_t *padding_before,
    const int64_t *padding_after);

/// The gradient with respect to the source.
static inline dnnl_status_t pinpoint_convolution_backward_data(
    dnnl_primitive_desc_t *operation, pinpoint_setting_t setting, dnnl_alg_kind_t algorithm,
    pinpoint_const_layout_t source, pinpoint_const_layout_t weights, pinpoint_const_layout_t target,
    const int64_t *strides, const int64_t *dilations, const int64_t *padding_before, const int64_t *padding_after);

/// The gradients with respect to weights and bias.
static inline dnnl_status_t pinpoint_convolution_backward_weights(
    dnnl_primitive_desc_t *operation, pinpoint_setting_t setting, dnnl_alg_kind_t algorithm,
    pinpoint_const_layout_t source, pinpoint_const_layout_t weights, pinpoint_const_layout_t bias,
    pinpoint_const_layout_t target, const int64_t *strides, const int64_t *dilations, const int64_t *padding_before,
    const int64_t *padding_after);

static inline dnnl_status_t pinpoint_inner_product_forward(
    dnnl_primitive_desc_t *operation, pinpoint_setting_t setting, dnnl_prop_kind_t kind,
    pinpoint_const_layout_t source, pinpoint_const_layout_t weights, pinpoint_const_layout_t bias,
    pinpoint_const_layout_t target);

/// Source and target have the same layout, in both passes of all that follows but pooling and resampling.
static inline dnnl_status_t pinpoint_batch_normalization_forward(
    dnnl_primitive_desc_t *operation, pinpoint_setting_t setting, dnnl_prop_kind_t kind, pinpoint_const_layout_t source,
    float epsilon, unsigned flags);

static inline dnnl_status_t pinpoint_batch_normalization_backward(
    dnnl_primitive_desc_t *operation, pinpoint_setting_t setting, pinpoint_const_layout_t source, float epsilon,
    unsigned flags);

/// Whether the backward operation wants to be given the shift, which it does not need, or refuses to be.
static inline bool pinpoint_normalization_takes_shift_backward(void);

static inline dnnl_status_t pinpoint_eltwise_forward(
    dnnl_primitive_desc_t *operation, pinpoint_setting_t setting, dnnl_prop_kind_t kind, dnnl_alg_kind_t function,
    pinpoint_const_layout_t source, float alpha, float beta);

/// - Parameter data: The layout of what the gradient is told from, source or target.
static inline dnnl_status_t pinpoint_eltwise_backward(
    dnnl_primitive_desc_t *operation, pinpoint_setting_t setting, dnnl_alg_kind_t function,
    pinpoint_const_layout_t gradient, pinpoint_const_layout_t data, float alpha, float beta);

static inline dnnl_status_t pinpoint_softmax_forward(
    dnnl_primitive_desc_t *operation, pinpoint_setting_t setting, dnnl_prop_kind_t kind, pinpoint_const_layout_t source,
    int axis);

static inline dnnl_status_t pinpoint_softmax_backward(
    dnnl_primitive_desc_t *operation, pinpoint_setting_t setting, pinpoint_const_layout_t target, int axis);

static inline dnnl_status_t pinpoint_prelu_forward(
    dnnl_primitive_desc_t *operation, pinpoint_setting_t setting, dnnl_prop_kind_t kind, pinpoint_const_layout_t source,
    pinpoint_const_layout_t slopes);

static inline dnnl_status_t pinpoint_pooling_forward(
    dnnl_primitive_desc_t *operation, pinpoint_setting_t setting, dnnl_prop_kind_t kind, dnnl_alg_kind_t algorithm,
    pinpoint_const_layout_t source, pinpoint_const_layout_t target, const int64_t *strides, const int64_t *window,
    const int64_t *padding_before, const int64_t *padding_after);

static inline dnnl_status_t pinpoint_pooling_backward(
    dnnl_primitive_desc_t *operation, pinpoint_setting_t setting, dnnl_alg_kind_t algorithm,
    pinpoint_const_layout_t source, pinpoint_const_layout_t target, const int64_t *strides, const int64_t *window,
    const int64_t *padding_before, const int64_t *padding_after);

static inline dnnl_status_t pinpoint_resampling_forward(
    dnnl_primitive_desc_t *operation, pinpoint_setting_t setting, dnnl_prop_kind_t kind, dnnl_alg_kind_t algorithm,
    pinpoint_const_layout_t source, pinpoint_const_layout_t target);

static inline dnnl_status_t pinpoint_resampling_backward(
    dnnl_primitive_desc_t *operation, pinpoint_setting_t setting, dnnl_alg_kind_t algorithm,
    pinpoint_const_layout_t source, pinpoint_const_layout_t target);
