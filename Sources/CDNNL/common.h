#pragma once
// Implements what `face.h` declares and both releases of oneDNN name alike.

static inline bool pinpoint_layouts_are_equal(pinpoint_const_layout_t left, pinpoint_const_layout_t right) {
    return dnnl_memory_desc_equal(pinpoint_opened(left), pinpoint_opened(right)) != 0;
}

static inline size_t pinpoint_layout_size(pinpoint_const_layout_t layout) {
    return dnnl_memory_desc_get_size(pinpoint_opened(layout));
}

static inline dnnl_status_t pinpoint_memory_create(
    dnnl_memory_t *memory, pinpoint_const_layout_t layout, dnnl_engine_t engine, void *start) {
    return dnnl_memory_create(memory, pinpoint_opened(layout), engine, start);
}

static inline dnnl_status_t pinpoint_reorder(
    dnnl_primitive_desc_t *operation, pinpoint_setting_t setting, pinpoint_const_layout_t source,
    pinpoint_const_layout_t target) {
    return dnnl_reorder_primitive_desc_create(
        operation, pinpoint_opened(source), setting.engine, pinpoint_opened(target), setting.engine,
        setting.attributes);
}
