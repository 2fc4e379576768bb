#define GT_ISA avx512
#define GT_ISA_NAME "AVX-512"
#include "kernels.inc"
