#define GT_ISA sse2
#define GT_ISA_NAME "SSE2"
#include "kernels.inc"
