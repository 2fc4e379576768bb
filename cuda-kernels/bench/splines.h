// Checks the kernels of spline networks against plain float64 loops and times them.
#pragma once

#include "measurement.h"

namespace gputrain::bench {

// Divisions worth a measurement on a device of `multiprocessors`.
std::vector<Division> spline_divisions(int multiprocessors, Extent extent);

// [4, 8, 1], 5 intervals of order 3, 1,872 rows: L-BFGS against the reference, then the time of an epoch of Adam, which
// is one evaluation of the objective and its gradient, and of L-BFGS. A refused launch is reported and no failure.
Verdict measure_splines(const Target& target, Division division, const Record& record);

// Writes the rows and the first initial parameters in float64 for other programs; returns a line of JSON with the loss
// and the gradient's norm there.
std::string dump_splines(const std::string& path);

}  // namespace gputrain::bench
