// The weights that the program contains: the bytes of Data/compact.safetensors.
#pragma once

#include <stddef.h>
#include <stdint.h>

/// The first byte.
const uint8_t *included_compact_weights(void);
/// The number of bytes.
size_t included_compact_weights_size(void);
