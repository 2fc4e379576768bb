// The modules of kernels in a directory, as the jar has them: modules.txt names them, NAME.fatbin are their images.
#pragma once

#include <string>
#include <vector>

#include "driver_api.h"
#include "gputrain/cuda_abi.h"

namespace gputrain::bench {

std::vector<std::string> module_names(const std::string& directory);
std::vector<char> read_file(const std::string& path);

struct Module {
  Handle handle;
  std::vector<gt_kernel_info> kernels;
};
Module open_module(const std::string& directory, const std::string& name);

}  // namespace gputrain::bench
