#include "modules.h"

#include <cstring>
#include <fstream>
#include <iterator>
#include <sstream>

namespace gputrain::bench {

namespace {

std::vector<char> read_file(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) {
    throw std::runtime_error("cannot read " + path);
  }
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

}  // namespace

std::vector<std::string> module_names(const std::string& directory) {
  std::vector<char> text = read_file(directory + "/modules.txt");
  std::istringstream lines(std::string(text.begin(), text.end()));
  std::vector<std::string> names;
  for (std::string line; std::getline(lines, line);) {
    std::string name = line.substr(0, line.find_first_of(" \t"));
    if (!name.empty() && name[0] != '#') {
      names.push_back(name);
    }
  }
  return names;
}

Handle load_module(const std::string& directory, const std::string& name, int device) {
  int major = device_attribute(kComputeMajor, device);
  // Code for a generation's first GPU runs on its later ones.
  for (int minor = device_attribute(kComputeMinor, device); minor >= 0; minor--) {
    std::string path = directory + "/" + name + ".sm_" + std::to_string(10 * major + minor) + ".cubin";
    if (std::ifstream(path)) {
      return load_module(read_file(path));
    }
  }
  std::vector<char> image = read_file(directory + "/" + name + ".ptx");
  // PTX is text, which the driver reads to its end.
  image.push_back('\0');
  return load_module(image);
}

Module open_module(const std::string& directory, const std::string& name, int device) {
  Module module = {load_module(directory, name, device), {}};
  int32_t count = 0;
  std::vector<char> counted = read_global(module.handle, "kernel_count_" + name);
  std::vector<char> table = read_global(module.handle, "kernel_table_" + name);
  if (counted.size() != sizeof(count)) {
    throw std::runtime_error("module " + name + ": kernel_count is no int32");
  }
  std::memcpy(&count, counted.data(), sizeof(count));
  if (count < 0 || table.size() != static_cast<size_t>(count) * sizeof(gt_kernel_info)) {
    throw std::runtime_error("module " + name + " was built with another cuda_abi.h than this program");
  }
  module.kernels.resize(static_cast<size_t>(count));
  std::memcpy(module.kernels.data(), table.data(), table.size());
  return module;
}

Handle find_kernel(const Module& module, const std::string& directory, const std::string& name,
                   const gt_kernel_info& kernel, int device) {
  Handle there = kernel.cluster > 1 ? load_module(directory, name + "_clusters", device) : module.handle;
  return find_function(there, kernel.name);
}

}  // namespace gputrain::bench
