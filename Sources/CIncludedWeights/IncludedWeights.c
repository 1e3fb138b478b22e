#include "IncludedWeights.h"

// The assembler puts the file into the program as it is. Compilers do not know that the result depends on the file: after the file has
// changed, this source must be compiled anew.
__asm__(
    ".section .rodata\n"
    ".balign 64\n"
    "included_compact_begin:\n"
    ".incbin \"" COMPACT_WEIGHTS "\"\n"
    "included_compact_end:\n"
    ".byte 0\n"
    ".text\n");

extern const uint8_t included_compact_begin[];
extern const uint8_t included_compact_end[];

const uint8_t *included_compact_weights(void) { return included_compact_begin; }

size_t included_compact_weights_size(void) { return (size_t)(included_compact_end - included_compact_begin); }
