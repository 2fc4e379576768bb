#define GT_ISA neon
#define GT_ISA_NAME "NEON"
#include "kernels.inc"
