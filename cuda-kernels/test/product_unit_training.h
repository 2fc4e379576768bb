// Training of product units in float64, with every rule of the interface.
#pragma once

#include "case.h"

namespace gputrain {

// Where the replicas of a case stand after so many epochs.
std::vector<Expected> train_in_double(const Case& one, int64_t epochs);

}  // namespace gputrain
