#define GT_ISA avx2
#define GT_ISA_NAME "AVX2 + FMA"
#include "kernels.inc"
