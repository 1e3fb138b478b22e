#pragma once
// Implements `face.h` for oneDNN 2, where a layout is a public structure, and an operation is described by such a structure before a kernel
// is looked up.

#include <stdlib.h>

// MARK: Layouts

static inline const dnnl_memory_desc_t *pinpoint_opened(pinpoint_const_layout_t layout) {
    return (const dnnl_memory_desc_t *)layout;
}

/// Returns a copy that the caller owns.
static inline dnnl_status_t pinpoint_layout_keep(pinpoint_layout_t *layout, const dnnl_memory_desc_t *source) {
    dnnl_memory_desc_t *copy = (dnnl_memory_desc_t *)malloc(sizeof(dnnl_memory_desc_t));
    if (!copy) return dnnl_out_of_memory;
    *copy = *source;
    *layout = (pinpoint_layout_t)copy;
    return dnnl_success;
}

static inline dnnl_status_t pinpoint_layout_create(
    pinpoint_layout_t *layout, int axes, const int64_t *extents, dnnl_data_type_t type, dnnl_format_tag_t tag) {
    dnnl_memory_desc_t result;
    dnnl_status_t status = dnnl_memory_desc_init_by_tag(&result, axes, extents, type, tag);
    return status == dnnl_success ? pinpoint_layout_keep(layout, &result) : status;
}

static inline dnnl_status_t pinpoint_layout_permuted(
    pinpoint_layout_t *layout, pinpoint_const_layout_t whole, const int *permutation) {
    dnnl_memory_desc_t result;
    dnnl_status_t status = dnnl_memory_desc_permute_axes(&result, pinpoint_opened(whole), permutation);
    return status == dnnl_success ? pinpoint_layout_keep(layout, &result) : status;
}

static inline dnnl_status_t pinpoint_layout_part(
    pinpoint_layout_t *layout, pinpoint_const_layout_t whole, const int64_t *extents, const int64_t *position) {
    dnnl_memory_desc_t result;
    dnnl_status_t status = dnnl_memory_desc_init_submemory(&result, pinpoint_opened(whole), extents, position);
    return status == dnnl_success ? pinpoint_layout_keep(layout, &result) : status;
}

static inline void pinpoint_layout_destroy(pinpoint_layout_t layout) { free(layout); }

static inline int pinpoint_layout_axis_count(pinpoint_const_layout_t layout) { return pinpoint_opened(layout)->ndims; }

static inline dnnl_data_type_t pinpoint_layout_type(pinpoint_const_layout_t layout) {
    return pinpoint_opened(layout)->data_type;
}

static inline const int64_t *pinpoint_layout_extents(pinpoint_const_layout_t layout) {
    return pinpoint_opened(layout)->dims;
}

/// NULL if the layout is of another kind.
static inline const dnnl_blocking_desc_t *pinpoint_layout_blocking(pinpoint_const_layout_t layout) {
    const dnnl_memory_desc_t *opened = pinpoint_opened(layout);
    return opened->format_kind == dnnl_blocked ? &opened->format_desc.blocking : NULL;
}

static inline int pinpoint_layout_block_count(pinpoint_const_layout_t layout) {
    const dnnl_blocking_desc_t *blocking = pinpoint_layout_blocking(layout);
    return blocking ? blocking->inner_nblks : 0;
}

static inline const int64_t *pinpoint_layout_strides(pinpoint_const_layout_t layout) {
    const dnnl_blocking_desc_t *blocking = pinpoint_layout_blocking(layout);
    return blocking ? blocking->strides : NULL;
}

static inline const int64_t *pinpoint_layout_block_axes(pinpoint_const_layout_t layout) {
    const dnnl_blocking_desc_t *blocking = pinpoint_layout_blocking(layout);
    return blocking ? blocking->inner_idxs : NULL;
}

static inline const int64_t *pinpoint_layout_block_extents(pinpoint_const_layout_t layout) {
    const dnnl_blocking_desc_t *blocking = pinpoint_layout_blocking(layout);
    return blocking ? blocking->inner_blks : NULL;
}

// MARK: Operations

static inline bool pinpoint_likes_channels_last(void) { return false; }

/// Looks for a kernel, if the description of the operation succeeded.
static inline dnnl_status_t pinpoint_choose(
    dnnl_status_t status, dnnl_primitive_desc_t *operation, const void *descriptor, pinpoint_setting_t setting) {
    if (status != dnnl_success) return status;
    return dnnl_primitive_desc_create(operation, descriptor, setting.attributes, setting.engine, setting.forward);
}

static inline pinpoint_layout_t pinpoint_chosen_layout(
    const_dnnl_primitive_desc_t operation, dnnl_query_t argument, int index) {
    const dnnl_memory_desc_t *chosen = dnnl_primitive_desc_query_md(operation, argument, index);
    pinpoint_layout_t layout = NULL;
    if (chosen && chosen->ndims > 0) pinpoint_layout_keep(&layout, chosen);
    return layout;
}

static inline dnnl_status_t pinpoint_append_sum(dnnl_post_ops_t operations) {
    return dnnl_post_ops_append_sum(operations, 1);
}

static inline dnnl_status_t pinpoint_append_eltwise(
    dnnl_post_ops_t operations, dnnl_alg_kind_t function, float alpha, float beta) {
    return dnnl_post_ops_append_eltwise(operations, 1, function, alpha, beta);
}

static inline dnnl_status_t pinpoint_concatenation(
    dnnl_primitive_desc_t *operation, pinpoint_setting_t setting, int axis, int count,
    const pinpoint_const_layout_t *sources, pinpoint_const_layout_t target) {
    dnnl_memory_desc_t *all = (dnnl_memory_desc_t *)malloc((size_t)count * sizeof(dnnl_memory_desc_t));
    if (!all) return dnnl_out_of_memory;
    for (int index = 0; index < count; index++) all[index] = *pinpoint_opened(sources[index]);
    dnnl_status_t status = dnnl_concat_primitive_desc_create(
        operation, pinpoint_opened(target), count, axis, all, setting.attributes, setting.engine);
    free(all);
    return status;
}

static inline dnnl_status_t pinpoint_binary(
    dnnl_primitive_desc_t *operation, pinpoint_setting_t setting, dnnl_alg_kind_t function,
    pinpoint_const_layout_t left, pinpoint_const_layout_t right, pinpoint_const_layout_t target) {
    dnnl_binary_desc_t descriptor;
    dnnl_status_t status = dnnl_binary_desc_init(
        &descriptor, function, pinpoint_opened(left), pinpoint_opened(right), pinpoint_opened(target));
    return pinpoint_choose(status, operation, &descriptor, setting);
}

static inline dnnl_status_t pinpoint_convolution_forward(
    dnnl_primitive_desc_t *operation, pinpoint_setting_t setting, dnnl_prop_kind_t kind, dnnl_alg_kind_t algorithm,
    pinpoint_const_layout_t source, pinpoint_const_layout_t weights, pinpoint_const_layout_t bias,
    pinpoint_const_layout_t target, const int64_t *strides, const int64_t *dilations, const int64_t *padding_before,
    const int64_t *padding_after) {
    dnnl_convolution_desc_t descriptor;
    dnnl_status_t status =
        (pinpoint_is_transposed(algorithm)
             ? dnnl_dilated_deconvolution_forward_desc_init
             : dnnl_dilated_convolution_forward_desc_init)(
            &descriptor, kind, algorithm, pinpoint_opened(source), pinpoint_opened(weights), pinpoint_opened(bias),
            pinpoint_opened(target), strides, dilations, padding_before, padding_after);
    return pinpoint_choose(status, operation, &descriptor, setting);
}

static inline dnnl_status_t pinpoint_convolution_backward_data(
    dnnl_primitive_desc_t *operation, pinpoint_setting_t setting, dnnl_alg_kind_t algorithm,
    pinpoint_const_layout_t source, pinpoint_const_layout_t weights, pinpoint_const_layout_t target,
    const int64_t *strides, const int64_t *dilations, const int64_t *padding_before, const int64_t *padding_after) {
    dnnl_convolution_desc_t descriptor;
    dnnl_status_t status =
        (pinpoint_is_transposed(algorithm)
             ? dnnl_dilated_deconvolution_backward_data_desc_init
             : dnnl_dilated_convolution_backward_data_desc_init)(
            &descriptor, algorithm, pinpoint_opened(source), pinpoint_opened(weights), pinpoint_opened(target),
            strides, dilations, padding_before, padding_after);
    return pinpoint_choose(status, operation, &descriptor, setting);
}

static inline dnnl_status_t pinpoint_convolution_backward_weights(
    dnnl_primitive_desc_t *operation, pinpoint_setting_t setting, dnnl_alg_kind_t algorithm,
    pinpoint_const_layout_t source, pinpoint_const_layout_t weights, pinpoint_const_layout_t bias,
    pinpoint_const_layout_t target, const int64_t *strides, const int64_t *dilations, const int64_t *padding_before,
    const int64_t *padding_after) {
    dnnl_convolution_desc_t descriptor;
    dnnl_status_t status =
        (pinpoint_is_transposed(algorithm)
             ? dnnl_dilated_deconvolution_backward_weights_desc_init
             : dnnl_dilated_convolution_backward_weights_desc_init)(
            &descriptor, algorithm, pinpoint_opened(source), pinpoint_opened(weights), pinpoint_opened(bias),
            pinpoint_opened(target), strides, dilations, padding_before, padding_after);
    return pinpoint_choose(status, operation, &descriptor, setting);
}

static inline dnnl_status_t pinpoint_inner_product_forward(
    dnnl_primitive_desc_t *operation, pinpoint_setting_t setting, dnnl_prop_kind_t kind,
    pinpoint_const_layout_t source, pinpoint_const_layout_t weights, pinpoint_const_layout_t bias,
    pinpoint_const_layout_t target) {
    dnnl_inner_product_desc_t descriptor;
    dnnl_status_t status = dnnl_inner_product_forward_desc_init(
        &descriptor, kind, pinpoint_opened(source), pinpoint_opened(weights), pinpoint_opened(bias),
        pinpoint_opened(target));
    return pinpoint_choose(status, operation, &descriptor, setting);
}

static inline dnnl_status_t pinpoint_batch_normalization_forward(
    dnnl_primitive_desc_t *operation, pinpoint_setting_t setting, dnnl_prop_kind_t kind, pinpoint_const_layout_t source,
    float epsilon, unsigned flags) {
    dnnl_batch_normalization_desc_t descriptor;
    dnnl_status_t status = dnnl_batch_normalization_forward_desc_init(
        &descriptor, kind, pinpoint_opened(source), epsilon, flags);
    return pinpoint_choose(status, operation, &descriptor, setting);
}

static inline dnnl_status_t pinpoint_batch_normalization_backward(
    dnnl_primitive_desc_t *operation, pinpoint_setting_t setting, pinpoint_const_layout_t source, float epsilon,
    unsigned flags) {
    dnnl_batch_normalization_desc_t descriptor;
    dnnl_status_t status = dnnl_batch_normalization_backward_desc_init(
        &descriptor, dnnl_backward, pinpoint_opened(source), pinpoint_opened(source), epsilon, flags);
    return pinpoint_choose(status, operation, &descriptor, setting);
}

static inline bool pinpoint_normalization_takes_shift_backward(void) { return true; }

static inline dnnl_status_t pinpoint_eltwise_forward(
    dnnl_primitive_desc_t *operation, pinpoint_setting_t setting, dnnl_prop_kind_t kind, dnnl_alg_kind_t function,
    pinpoint_const_layout_t source, float alpha, float beta) {
    dnnl_eltwise_desc_t descriptor;
    dnnl_status_t status =
        dnnl_eltwise_forward_desc_init(&descriptor, kind, function, pinpoint_opened(source), alpha, beta);
    return pinpoint_choose(status, operation, &descriptor, setting);
}

static inline dnnl_status_t pinpoint_eltwise_backward(
    dnnl_primitive_desc_t *operation, pinpoint_setting_t setting, dnnl_alg_kind_t function,
    pinpoint_const_layout_t gradient, pinpoint_const_layout_t data, float alpha, float beta) {
    dnnl_eltwise_desc_t descriptor;
    dnnl_status_t status = dnnl_eltwise_backward_desc_init(
        &descriptor, function, pinpoint_opened(gradient), pinpoint_opened(data), alpha, beta);
    return pinpoint_choose(status, operation, &descriptor, setting);
}

static inline dnnl_status_t pinpoint_softmax_forward(
    dnnl_primitive_desc_t *operation, pinpoint_setting_t setting, dnnl_prop_kind_t kind, pinpoint_const_layout_t source,
    int axis) {
    dnnl_softmax_desc_t descriptor;
    dnnl_status_t status = dnnl_softmax_forward_desc_init(&descriptor, kind, pinpoint_opened(source), axis);
    return pinpoint_choose(status, operation, &descriptor, setting);
}

static inline dnnl_status_t pinpoint_softmax_backward(
    dnnl_primitive_desc_t *operation, pinpoint_setting_t setting, pinpoint_const_layout_t target, int axis) {
    dnnl_softmax_desc_t descriptor;
    dnnl_status_t status =
        dnnl_softmax_backward_desc_init(&descriptor, pinpoint_opened(target), pinpoint_opened(target), axis);
    return pinpoint_choose(status, operation, &descriptor, setting);
}

static inline dnnl_status_t pinpoint_prelu_forward(
    dnnl_primitive_desc_t *operation, pinpoint_setting_t setting, dnnl_prop_kind_t kind, pinpoint_const_layout_t source,
    pinpoint_const_layout_t slopes) {
    dnnl_prelu_desc_t descriptor;
    dnnl_status_t status =
        dnnl_prelu_forward_desc_init(&descriptor, kind, pinpoint_opened(source), pinpoint_opened(slopes));
    return pinpoint_choose(status, operation, &descriptor, setting);
}

static inline dnnl_status_t pinpoint_pooling_forward(
    dnnl_primitive_desc_t *operation, pinpoint_setting_t setting, dnnl_prop_kind_t kind, dnnl_alg_kind_t algorithm,
    pinpoint_const_layout_t source, pinpoint_const_layout_t target, const int64_t *strides, const int64_t *window,
    const int64_t *padding_before, const int64_t *padding_after) {
    dnnl_pooling_desc_t descriptor;
    dnnl_status_t status = dnnl_pooling_forward_desc_init(
        &descriptor, kind, algorithm, pinpoint_opened(source), pinpoint_opened(target), strides, window,
        padding_before, padding_after);
    return pinpoint_choose(status, operation, &descriptor, setting);
}

static inline dnnl_status_t pinpoint_pooling_backward(
    dnnl_primitive_desc_t *operation, pinpoint_setting_t setting, dnnl_alg_kind_t algorithm,
    pinpoint_const_layout_t source, pinpoint_const_layout_t target, const int64_t *strides, const int64_t *window,
    const int64_t *padding_before, const int64_t *padding_after) {
    dnnl_pooling_desc_t descriptor;
    dnnl_status_t status = dnnl_pooling_backward_desc_init(
        &descriptor, algorithm, pinpoint_opened(source), pinpoint_opened(target), strides, window, padding_before,
        padding_after);
    return pinpoint_choose(status, operation, &descriptor, setting);
}

static inline dnnl_status_t pinpoint_resampling_forward(
    dnnl_primitive_desc_t *operation, pinpoint_setting_t setting, dnnl_prop_kind_t kind, dnnl_alg_kind_t algorithm,
    pinpoint_const_layout_t source, pinpoint_const_layout_t target) {
    dnnl_resampling_desc_t descriptor;
    dnnl_status_t status = dnnl_resampling_forward_desc_init(
        &descriptor, kind, algorithm, NULL, pinpoint_opened(source), pinpoint_opened(target));
    return pinpoint_choose(status, operation, &descriptor, setting);
}

static inline dnnl_status_t pinpoint_resampling_backward(
    dnnl_primitive_desc_t *operation, pinpoint_setting_t setting, dnnl_alg_kind_t algorithm,
    pinpoint_const_layout_t source, pinpoint_const_layout_t target) {
    dnnl_resampling_desc_t descriptor;
    dnnl_status_t status = dnnl_resampling_backward_desc_init(
        &descriptor, algorithm, NULL, pinpoint_opened(source), pinpoint_opened(target));
    return pinpoint_choose(status, operation, &descriptor, setting);
}
