#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// MARK: Layouts

/// A tensor's shape and memory layout. The creator must release it with `pinpoint_layout_destroy`.
typedef struct pinpoint_layout *pinpoint_layout_t;
typedef const struct pinpoint_layout *pinpoint_const_layout_t;

static inline dnnl_status_t pinpoint_layout_create(
    pinpoint_layout_t *layout, int axes, const int64_t *extents, dnnl_data_type_t type, dnnl_format_tag_t tag);

/// Reorders the axes: axis `k` of the original becomes axis `permutation[k]`.
static inline dnnl_status_t pinpoint_layout_permuted(
    pinpoint_layout_t *layout, pinpoint_const_layout_t whole, const int *permutation);

/// A view of the sub-tensor with the given extents starting at the given position, in the memory of the whole.
static inline dnnl_status_t pinpoint_layout_part(
    pinpoint_layout_t *layout, pinpoint_const_layout_t whole, const int64_t *extents, const int64_t *position);

static inline void pinpoint_layout_destroy(pinpoint_layout_t layout);

static inline bool pinpoint_layouts_are_equal(pinpoint_const_layout_t left, pinpoint_const_layout_t right);

/// Size in bytes, padding included.
static inline size_t pinpoint_layout_size(pinpoint_const_layout_t layout);

static inline int pinpoint_layout_axis_count(pinpoint_const_layout_t layout);
static inline dnnl_data_type_t pinpoint_layout_type(pinpoint_const_layout_t layout);

/// One extent per axis. The array lives as long as the layout.
static inline const int64_t *pinpoint_layout_extents(pinpoint_const_layout_t layout);

/// The number of nested blocks of neighbouring elements, from the outermost to the innermost; 0 for plain layouts.
static inline int pinpoint_layout_block_count(pinpoint_const_layout_t layout);

/// The stride of each axis, from one block to the next; NULL if the layout has no strides.
static inline const int64_t *pinpoint_layout_strides(pinpoint_const_layout_t layout);

/// The axis of each block and the number of elements along it.
static inline const int64_t *pinpoint_layout_block_axes(pinpoint_const_layout_t layout);
static inline const int64_t *pinpoint_layout_block_extents(pinpoint_const_layout_t layout);

// MARK: Operations

// Each function looks for the kernel that computes an operation on tensors of the given layouts, which may be left for oneDNN to choose; it
// returns `dnnl_unimplemented` if there is none. Strides, paddings and windows have one number for each axis after batch and channels.

/// Whether this release prefers channels-last for convolutions whose layouts it may choose.
static inline bool pinpoint_likes_channels_last(void);

/// What every operation needs.
typedef struct {
    dnnl_engine_t engine;
    /// Post-processing fused into the operation; may be NULL.
    const_dnnl_primitive_attr_t attributes;
    /// The forward operation that a backward operation belongs to.
    const_dnnl_primitive_desc_t forward;
} pinpoint_setting_t;

/// The layout chosen for an argument, owned by the caller; NULL if the operation has no such argument.
static inline pinpoint_layout_t pinpoint_chosen_layout(
    const_dnnl_primitive_desc_t operation, dnnl_query_t argument, int index);

static inline dnnl_status_t pinpoint_memory_create(
    dnnl_memory_t *memory, pinpoint_const_layout_t layout, dnnl_engine_t engine, void *start);

/// Adds the result to what the target already holds.
static inline dnnl_status_t pinpoint_append_sum(dnnl_post_ops_t operations);

/// Applies a function to each element.
static inline dnnl_status_t pinpoint_append_eltwise(
    dnnl_post_ops_t operations, dnnl_alg_kind_t function, float alpha, float beta);

static inline dnnl_status_t pinpoint_reorder(
    dnnl_primitive_desc_t *operation, pinpoint_setting_t setting, pinpoint_const_layout_t source,
    pinpoint_const_layout_t target);

/// - Parameter target: NULL if the library may choose its layout.
static inline dnnl_status_t pinpoint_concatenation(
    dnnl_primitive_desc_t *operation, pinpoint_setting_t setting, int axis, int count,
    const pinpoint_const_layout_t *sources, pinpoint_const_layout_t target);

static inline dnnl_status_t pinpoint_binary(
    dnnl_primitive_desc_t *operation, pinpoint_setting_t setting, dnnl_alg_kind_t function,
    pinpoint_const_layout_t left, pinpoint_const_layout_t right, pinpoint_const_layout_t target);

/// Whether an algorithm is one for transposed convolutions.
static inline bool pinpoint_is_transposed(dnnl_alg_kind_t algorithm) {
    return algorithm == dnnl_deconvolution_direct || algorithm == dnnl_deconvolution_winograd;
}

/// A convolution, or a transposed convolution if the algorithm is one for those. The bias may be NULL.
///
/// - Parameter dilations: Cells skipped between two kernel elements.
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

/// In both passes of all operations below except pooling and resampling, source and target have the same layout.
static inline dnnl_status_t pinpoint_batch_normalization_forward(
    dnnl_primitive_desc_t *operation, pinpoint_setting_t setting, dnnl_prop_kind_t kind, pinpoint_const_layout_t source,
    float epsilon, unsigned flags);

static inline dnnl_status_t pinpoint_batch_normalization_backward(
    dnnl_primitive_desc_t *operation, pinpoint_setting_t setting, pinpoint_const_layout_t source, float epsilon,
    unsigned flags);

/// Whether the backward operation requires the shift as an argument, although it does not use it; otherwise it refuses it.
static inline bool pinpoint_normalization_takes_shift_backward(void);

static inline dnnl_status_t pinpoint_eltwise_forward(
    dnnl_primitive_desc_t *operation, pinpoint_setting_t setting, dnnl_prop_kind_t kind, dnnl_alg_kind_t function,
    pinpoint_const_layout_t source, float alpha, float beta);

/// - Parameter data: The layout of the tensor that the gradient is computed from, source or target.
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
