#pragma once
// Implements `face.h` for oneDNN 3, where layouts are opaque handles that answer queries, and one call looks for a kernel.

// MARK: Layouts

static inline const_dnnl_memory_desc_t pinpoint_opened(pinpoint_const_layout_t layout) {
    return (const_dnnl_memory_desc_t)layout;
}

static inline dnnl_status_t pinpoint_layout_create(
    pinpoint_layout_t *layout, int axes, const int64_t *extents, dnnl_data_type_t type, dnnl_format_tag_t tag) {
    return dnnl_memory_desc_create_with_tag((dnnl_memory_desc_t *)layout, axes, extents, type, tag);
}

static inline dnnl_status_t pinpoint_layout_permuted(
    pinpoint_layout_t *layout, pinpoint_const_layout_t whole, const int *permutation) {
    return dnnl_memory_desc_permute_axes((dnnl_memory_desc_t *)layout, pinpoint_opened(whole), permutation);
}

static inline dnnl_status_t pinpoint_layout_part(
    pinpoint_layout_t *layout, pinpoint_const_layout_t whole, const int64_t *extents, const int64_t *position) {
    return dnnl_memory_desc_create_submemory((dnnl_memory_desc_t *)layout, pinpoint_opened(whole), extents, position);
}

static inline void pinpoint_layout_destroy(pinpoint_layout_t layout) {
    dnnl_memory_desc_destroy((dnnl_memory_desc_t)layout);
}

static inline int pinpoint_layout_axis_count(pinpoint_const_layout_t layout) {
    int32_t count = 0;
    return dnnl_memory_desc_query(pinpoint_opened(layout), dnnl_query_ndims_s32, &count) == dnnl_success ? count : 0;
}

static inline dnnl_data_type_t pinpoint_layout_type(pinpoint_const_layout_t layout) {
    dnnl_data_type_t type = dnnl_data_type_undef;
    dnnl_memory_desc_query(pinpoint_opened(layout), dnnl_query_data_type, &type);
    return type;
}

/// An array that the layout holds; NULL if it has none of the kind.
static inline const int64_t *pinpoint_layout_numbers(pinpoint_const_layout_t layout, dnnl_query_t what) {
    const dnnl_dims_t *numbers = NULL;
    dnnl_status_t status = dnnl_memory_desc_query(pinpoint_opened(layout), what, &numbers);
    return status == dnnl_success && numbers ? *numbers : NULL;
}

static inline const int64_t *pinpoint_layout_extents(pinpoint_const_layout_t layout) {
    return pinpoint_layout_numbers(layout, dnnl_query_dims);
}

static inline int pinpoint_layout_block_count(pinpoint_const_layout_t layout) {
    int32_t count = 0;
    dnnl_status_t status = dnnl_memory_desc_query(pinpoint_opened(layout), dnnl_query_inner_nblks_s32, &count);
    return status == dnnl_success ? count : 0;
}

static inline const int64_t *pinpoint_layout_strides(pinpoint_const_layout_t layout) {
    return pinpoint_layout_numbers(layout, dnnl_query_strides);
}

static inline const int64_t *pinpoint_layout_block_axes(pinpoint_const_layout_t layout) {
    return pinpoint_layout_numbers(layout, dnnl_query_inner_idxs);
}

static inline const int64_t *pinpoint_layout_block_extents(pinpoint_const_layout_t layout) {
    return pinpoint_layout_numbers(layout, dnnl_query_inner_blks);
}

// MARK: Operations

/// So that its newer kernels, which are matrix products, can read the tensors without reordering.
static inline bool pinpoint_likes_channels_last(void) { return true; }

static inline pinpoint_layout_t pinpoint_chosen_layout(
    const_dnnl_primitive_desc_t operation, dnnl_query_t argument, int index) {
    const_dnnl_memory_desc_t chosen = dnnl_primitive_desc_query_md(operation, argument, index);
    dnnl_memory_desc_t copy = NULL;
    if (!chosen || pinpoint_layout_axis_count((pinpoint_const_layout_t)chosen) == 0) return NULL;
    return dnnl_memory_desc_clone(&copy, chosen) == dnnl_success ? (pinpoint_layout_t)copy : NULL;
}

static inline dnnl_status_t pinpoint_append_sum(dnnl_post_ops_t operations) {
    return dnnl_post_ops_append_sum(operations, 1, 0, dnnl_data_type_undef);
}

static inline dnnl_status_t pinpoint_append_eltwise(
    dnnl_post_ops_t operations, dnnl_alg_kind_t function, float alpha, float beta) {
    return dnnl_post_ops_append_eltwise(operations, function, alpha, beta);
}

static inline dnnl_status_t pinpoint_concatenation(
    dnnl_primitive_desc_t *operation, pinpoint_setting_t setting, int axis, int count,
    const pinpoint_const_layout_t *sources, pinpoint_const_layout_t target) {
    return dnnl_concat_primitive_desc_create(
        operation, setting.engine, pinpoint_opened(target), count, axis, (const_dnnl_memory_desc_t const *)sources,
        setting.attributes);
}

static inline dnnl_status_t pinpoint_binary(
    dnnl_primitive_desc_t *operation, pinpoint_setting_t setting, dnnl_alg_kind_t function,
    pinpoint_const_layout_t left, pinpoint_const_layout_t right, pinpoint_const_layout_t target) {
    return dnnl_binary_primitive_desc_create(
        operation, setting.engine, function, pinpoint_opened(left), pinpoint_opened(right), pinpoint_opened(target),
        setting.attributes);
}

static inline dnnl_status_t pinpoint_convolution_forward(
    dnnl_primitive_desc_t *operation, pinpoint_setting_t setting, dnnl_prop_kind_t kind, dnnl_alg_kind_t algorithm,
    pinpoint_const_layout_t source, pinpoint_const_layout_t weights, pinpoint_const_layout_t bias,
    pinpoint_const_layout_t target, const int64_t *strides, const int64_t *dilations, const int64_t *padding_before,
    const int64_t *padding_after) {
    return (pinpoint_is_transposed(algorithm)
                ? dnnl_deconvolution_forward_primitive_desc_create
                : dnnl_convolution_forward_primitive_desc_create)(
        operation, setting.engine, kind, algorithm, pinpoint_opened(source), pinpoint_opened(weights),
        pinpoint_opened(bias), pinpoint_opened(target), strides, dilations, padding_before, padding_after,
        setting.attributes);
}

static inline dnnl_status_t pinpoint_convolution_backward_data(
    dnnl_primitive_desc_t *operation, pinpoint_setting_t setting, dnnl_alg_kind_t algorithm,
    pinpoint_const_layout_t source, pinpoint_const_layout_t weights, pinpoint_const_layout_t target,
    const int64_t *strides, const int64_t *dilations, const int64_t *padding_before, const int64_t *padding_after) {
    return (pinpoint_is_transposed(algorithm)
                ? dnnl_deconvolution_backward_data_primitive_desc_create
                : dnnl_convolution_backward_data_primitive_desc_create)(
        operation, setting.engine, algorithm, pinpoint_opened(source), pinpoint_opened(weights),
        pinpoint_opened(target), strides, dilations, padding_before, padding_after, setting.forward,
        setting.attributes);
}

static inline dnnl_status_t pinpoint_convolution_backward_weights(
    dnnl_primitive_desc_t *operation, pinpoint_setting_t setting, dnnl_alg_kind_t algorithm,
    pinpoint_const_layout_t source, pinpoint_const_layout_t weights, pinpoint_const_layout_t bias,
    pinpoint_const_layout_t target, const int64_t *strides, const int64_t *dilations, const int64_t *padding_before,
    const int64_t *padding_after) {
    return (pinpoint_is_transposed(algorithm)
                ? dnnl_deconvolution_backward_weights_primitive_desc_create
                : dnnl_convolution_backward_weights_primitive_desc_create)(
        operation, setting.engine, algorithm, pinpoint_opened(source), pinpoint_opened(weights), pinpoint_opened(bias),
        pinpoint_opened(target), strides, dilations, padding_before, padding_after, setting.forward,
        setting.attributes);
}

static inline dnnl_status_t pinpoint_inner_product_forward(
    dnnl_primitive_desc_t *operation, pinpoint_setting_t setting, dnnl_prop_kind_t kind,
    pinpoint_const_layout_t source, pinpoint_const_layout_t weights, pinpoint_const_layout_t bias,
    pinpoint_const_layout_t target) {
    return dnnl_inner_product_forward_primitive_desc_create(
        operation, setting.engine, kind, pinpoint_opened(source), pinpoint_opened(weights), pinpoint_opened(bias),
        pinpoint_opened(target), setting.attributes);
}

static inline dnnl_status_t pinpoint_batch_normalization_forward(
    dnnl_primitive_desc_t *operation, pinpoint_setting_t setting, dnnl_prop_kind_t kind, pinpoint_const_layout_t source,
    float epsilon, unsigned flags) {
    return dnnl_batch_normalization_forward_primitive_desc_create(
        operation, setting.engine, kind, pinpoint_opened(source), pinpoint_opened(source), epsilon, flags,
        setting.attributes);
}

static inline dnnl_status_t pinpoint_batch_normalization_backward(
    dnnl_primitive_desc_t *operation, pinpoint_setting_t setting, pinpoint_const_layout_t source, float epsilon,
    unsigned flags) {
    return dnnl_batch_normalization_backward_primitive_desc_create(
        operation, setting.engine, dnnl_backward, pinpoint_opened(source), pinpoint_opened(source),
        pinpoint_opened(source), epsilon, flags, setting.forward, setting.attributes);
}

static inline bool pinpoint_normalization_takes_shift_backward(void) { return false; }

static inline dnnl_status_t pinpoint_eltwise_forward(
    dnnl_primitive_desc_t *operation, pinpoint_setting_t setting, dnnl_prop_kind_t kind, dnnl_alg_kind_t function,
    pinpoint_const_layout_t source, float alpha, float beta) {
    return dnnl_eltwise_forward_primitive_desc_create(
        operation, setting.engine, kind, function, pinpoint_opened(source), pinpoint_opened(source), alpha, beta,
        setting.attributes);
}

static inline dnnl_status_t pinpoint_eltwise_backward(
    dnnl_primitive_desc_t *operation, pinpoint_setting_t setting, dnnl_alg_kind_t function,
    pinpoint_const_layout_t gradient, pinpoint_const_layout_t data, float alpha, float beta) {
    return dnnl_eltwise_backward_primitive_desc_create(
        operation, setting.engine, function, pinpoint_opened(gradient), pinpoint_opened(gradient),
        pinpoint_opened(data), alpha, beta, setting.forward, setting.attributes);
}

static inline dnnl_status_t pinpoint_softmax_forward(
    dnnl_primitive_desc_t *operation, pinpoint_setting_t setting, dnnl_prop_kind_t kind, pinpoint_const_layout_t source,
    int axis) {
    return dnnl_softmax_forward_primitive_desc_create(
        operation, setting.engine, kind, dnnl_softmax_accurate, pinpoint_opened(source), pinpoint_opened(source), axis,
        setting.attributes);
}

static inline dnnl_status_t pinpoint_softmax_backward(
    dnnl_primitive_desc_t *operation, pinpoint_setting_t setting, pinpoint_const_layout_t target, int axis) {
    return dnnl_softmax_backward_primitive_desc_create(
        operation, setting.engine, dnnl_softmax_accurate, pinpoint_opened(target), pinpoint_opened(target),
        pinpoint_opened(target), axis, setting.forward, setting.attributes);
}

static inline dnnl_status_t pinpoint_prelu_forward(
    dnnl_primitive_desc_t *operation, pinpoint_setting_t setting, dnnl_prop_kind_t kind, pinpoint_const_layout_t source,
    pinpoint_const_layout_t slopes) {
    return dnnl_prelu_forward_primitive_desc_create(
        operation, setting.engine, kind, pinpoint_opened(source), pinpoint_opened(slopes), pinpoint_opened(source),
        setting.attributes);
}

/// No dilation.
static const dnnl_dims_t pinpoint_dense = {0};

static inline dnnl_status_t pinpoint_pooling_forward(
    dnnl_primitive_desc_t *operation, pinpoint_setting_t setting, dnnl_prop_kind_t kind, dnnl_alg_kind_t algorithm,
    pinpoint_const_layout_t source, pinpoint_const_layout_t target, const int64_t *strides, const int64_t *window,
    const int64_t *padding_before, const int64_t *padding_after) {
    return dnnl_pooling_forward_primitive_desc_create(
        operation, setting.engine, kind, algorithm, pinpoint_opened(source), pinpoint_opened(target), strides, window,
        pinpoint_dense, padding_before, padding_after, setting.attributes);
}

static inline dnnl_status_t pinpoint_pooling_backward(
    dnnl_primitive_desc_t *operation, pinpoint_setting_t setting, dnnl_alg_kind_t algorithm,
    pinpoint_const_layout_t source, pinpoint_const_layout_t target, const int64_t *strides, const int64_t *window,
    const int64_t *padding_before, const int64_t *padding_after) {
    return dnnl_pooling_backward_primitive_desc_create(
        operation, setting.engine, algorithm, pinpoint_opened(source), pinpoint_opened(target), strides, window,
        pinpoint_dense, padding_before, padding_after, setting.forward, setting.attributes);
}

static inline dnnl_status_t pinpoint_resampling_forward(
    dnnl_primitive_desc_t *operation, pinpoint_setting_t setting, dnnl_prop_kind_t kind, dnnl_alg_kind_t algorithm,
    pinpoint_const_layout_t source, pinpoint_const_layout_t target) {
    return dnnl_resampling_forward_primitive_desc_create(
        operation, setting.engine, kind, algorithm, NULL, pinpoint_opened(source), pinpoint_opened(target),
        setting.attributes);
}

static inline dnnl_status_t pinpoint_resampling_backward(
    dnnl_primitive_desc_t *operation, pinpoint_setting_t setting, dnnl_alg_kind_t algorithm,
    pinpoint_const_layout_t source, pinpoint_const_layout_t target) {
    return dnnl_resampling_backward_primitive_desc_create(
        operation, setting.engine, algorithm, NULL, pinpoint_opened(source), pinpoint_opened(target), setting.forward,
        setting.attributes);
}
