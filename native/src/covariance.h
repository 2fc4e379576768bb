// Kernel matrices: the kernels of every pair of points, on several threads.
#pragma once

#include "network.h"

namespace gputrain {

// a [rows_a, columns], b [rows_b, columns] -> result [rows_a, rows_b]; b null: a itself, and half
// of the matrix is copied.
// Throws std::invalid_argument.
void assemble(CovarianceKind kind, double length, double class_length, double weight, const double* a, int rows_a,
              const double* b, int rows_b, int columns, int threads, double* result);

}  // namespace gputrain
