// Sizes of the peak kernel, for it and for who counts its multiply-adds.
#pragma once

#define GT_PEAK_THREADS 256
#define GT_PEAK_CHAINS 8
#define GT_PEAK_STEPS 16
