#pragma once
#include <oneapi/dnnl/dnnl.h>

// oneDNN 2 and 3 have the same kernels' names for what they compute and different functions to ask for it. `face.h` says what the
// program asks of either; each release has a header that does it.
#include "face.h"

#if DNNL_VERSION_MAJOR == 2
#include "version2.h"
#elif DNNL_VERSION_MAJOR == 3
#include "version3.h"
#else
#error "Pinpoint knows oneDNN 2.6 and 3: please install one of them"
#endif
