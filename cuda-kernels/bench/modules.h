// The modules of kernels in a directory, as the jar has them: modules.txt names them, NAME.ptx and perhaps
// NAME.sm_90.cubin (machine code for 9.0) are their images, NAME_clusters those of their kernels with clusters.
#pragma once

#include <string>
#include <vector>

#include "driver_api.h"
#include "gputrain/cuda_abi.h"

namespace gputrain::bench {

std::vector<std::string> module_names(const std::string& directory);
// Machine code where the directory has it for this device, PTX otherwise.
Handle load_module(const std::string& directory, const std::string& name, int device);

struct Module {
  Handle handle;
  std::vector<gt_kernel_info> kernels;
};
Module open_module(const std::string& directory, const std::string& name, int device);
// A kernel of a module's table.
Handle find_kernel(const Module& module, const std::string& directory, const std::string& name,
                   const gt_kernel_info& kernel, int device);

}  // namespace gputrain::bench
