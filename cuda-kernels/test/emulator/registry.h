// The kernels and globals that the emulated modules have, by name.
#pragma once

#include <map>
#include <string>
#include <utility>

#include "machine.h"

namespace gputrain::emulation {

struct Global {
  const void* data;
  size_t bytes;
};

struct Registry {
  std::map<std::string, Kernel> kernels;
  std::map<std::string, Global> globals;
};
Registry& registry();

template <auto F>
struct Invoker;
template <class... Arguments, void (*F)(Arguments...)>
struct Invoker<F> {
  static void invoke(void** parameters) { call(parameters, std::index_sequence_for<Arguments...>()); }
  template <size_t... I>
  static void call(void** parameters, std::index_sequence<I...>) {
    F(*static_cast<Arguments*>(parameters[I])...);
  }
};

// A kernel, when defined at namespace scope.
struct Entry {
  Entry(const char* name, void (*invoke)(void**), int threads, int cluster) {
    registry().kernels[name] = {name, invoke, threads, cluster};
  }
  template <class T>
  Entry(const char* name, const T& value) {
    registry().globals[name] = {&value, sizeof(T)};
  }
};

}  // namespace gputrain::emulation

#define GT_ENTRY_NAME_(line) entry_##line
#define GT_ENTRY_NAME(line) GT_ENTRY_NAME_(line)
#define GT_REGISTER(name, kernel, threads, cluster)                                                                 \
  const gputrain::emulation::Entry GT_ENTRY_NAME(__COUNTER__)(name, &gputrain::emulation::Invoker<&kernel>::invoke, \
                                                              threads, cluster)
#define GT_REGISTER_GLOBAL(name, object) const gputrain::emulation::Entry GT_ENTRY_NAME(__COUNTER__)(name, object)
