#pragma once
#include <oneapi/dnnl/dnnl.h>

// oneDNN 2 and 3 name operations and kernels alike but have different functions to request them. `face.h` declares what the program uses of
// either; each release has a header that implements it.
#include "face.h"

#if DNNL_VERSION_MAJOR == 2
#include "version2.h"
#elif DNNL_VERSION_MAJOR == 3
#include "version3.h"
#else
#error "Pinpoint requires oneDNN 2.6 or 3: please install one of them"
#endif

#include "common.h"
