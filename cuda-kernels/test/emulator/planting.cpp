#include "planting.h"

#include <mutex>

namespace gputrain::emulation {

bool g_planting = false;

namespace {
Plant g_plant;
bool g_recording = false;
std::set<Plant> g_sites;
std::mutex g_mutex;

std::string short_name(const char* path) {
  std::string name = path;
  return name.substr(name.rfind('/') + 1);
}
}  // namespace

void plant(const Plant& what) {
  g_plant = what;
  g_planting = g_recording || what.kind != Plant::kNothing;
}

void record_sites(bool on) {
  g_recording = on;
  g_planting = on || g_plant.kind != Plant::kNothing;
}

std::set<Plant> take_sites() { return std::exchange(g_sites, {}); }

bool planted_slowly(Plant::Kind kind, const Site& site) {
  if (g_recording) {
    std::lock_guard lock(g_mutex);
    g_sites.insert({kind, short_name(site.file_name()), site.line()});
    return false;
  }
  return kind == g_plant.kind && site.line() == g_plant.line && short_name(site.file_name()) == g_plant.file;
}

}  // namespace gputrain::emulation
