#include "Common.h"
#define LANES 8
#define ROWS 6
#define NAME(x) x##_plain
#define NAMED "any processor"
#include "WinogradTemplate.h"
#include "NormalizationTemplate.h"
