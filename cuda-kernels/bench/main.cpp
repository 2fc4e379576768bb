// Checks every training kernel against float64 and then times it, through the driver's interface alone.
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "json.h"
#include "measurement.h"
#include "process.h"
#include "splines.h"

namespace {

using namespace gputrain::bench;

constexpr int kFailed = 1;
constexpr int kUsage = 2;
constexpr int kNoDevice = 69;
constexpr int kSkipped = 77;
constexpr const char* kHelp =
    R"(gputrain_cuda_bench MODULES [options]

MODULES is a directory with modules.txt and the kernels' images. Each training kernel is compared with a float64
reference (gradient, loss curve, bits of a repetition), then timed, for one replica and for many, with several numbers
of blocks, each kernel in a process of its own. The rows are synthetic: 1,720 rows of the published networks' widths.

  --quick          fewer networks, divisions and repetitions
  --emulated       sizes for the emulated device; its times mean nothing
  --check-only     no timing
  --plain          no cooperative launches; where not all blocks are resident, a kernel then hangs until its limit
  --kernel TEXT    only kernels whose name contains it
  --device N       0
  --json FILE      all results
  --limit SECONDS  of one kernel with one network; 60
  --dump FILE      writes a problem for other programs to train, and ends; needs no device. 1,720 rows of [12,80,40,1],
                   float32: inputs, targets, initial parameters of 8 replicas; prints the float64 losses as JSON
  --product-units  with --dump: CPUN-L (10 inputs, 20 linear units, 40 product units, complex), 2,099 rows in batches of
                   500 in their order
  --splines        with --dump: a spline network, [4, 8, 1], 5 intervals of order 3, in float64: inputs, targets and
                   initial parameters; prints the loss and the gradient's norm as JSON

Exit status: 0; 1 when a check failed or a kernel did not finish; 2 usage; 69 no usable device.
)";

struct Options {
  Target target;
  std::string only, json, dump;
  int limit = 60;
  bool product_units = false, splines = false;  // dumped
};

// The file of results, written anew each time, so that an end by force leaves what there was.
class Results {
 public:
  explicit Results(std::string file) : file_(std::move(file)) {}

  void add(const std::string& lines) {
    size_t begin = 0;
    for (size_t end = lines.find('\n'); end != std::string::npos; end = lines.find('\n', begin)) {
      all_ += (all_.empty() ? "  " : ",\n  ") + lines.substr(begin, end - begin);
      begin = end + 1;
    }
    if (file_.empty()) {
      return;
    }
    std::FILE* out = std::fopen(file_.c_str(), "w");
    if (out == nullptr || std::fprintf(out, "{\"records\": [\n%s\n]}\n", all_.c_str()) < 0 || std::fclose(out) != 0) {
      throw std::runtime_error("cannot write " + file_);
    }
  }

 private:
  std::string file_, all_;
};

Record sender(const Send& send) {
  return [&send](const std::string& json) {
    std::string line = json + "\n";
    send(line.data(), line.size());
  };
}

void dump(const std::string& path, const Problem& problem) {
  std::FILE* out = std::fopen(path.c_str(), "wb");
  if (out == nullptr) {
    throw std::runtime_error("cannot write " + path);
  }
  bool written = true;
  auto put = [&](const std::vector<float>& values) {
    written = std::fwrite(values.data(), sizeof(float), values.size(), out) == values.size() && written;
  };
  put(problem.inputs);
  put(problem.targets);
  for (const std::vector<float>& initial : problem.initial) {
    put(initial);
  }
  if (std::fclose(out) != 0 || !written) {
    throw std::runtime_error("cannot write " + path);
  }
  int checked = checked_epochs(Extent::quick, problem);
  std::vector<double> losses = reference(problem, problem.initial[0], 1, checked).losses;
  Json json;
  json.whole("rows", problem.rows).whole("parameters", problem.parameters()).whole("replicas", Problem::kReplicas);
  json.number("rate", Problem::kRate);
  json.whole("batch", problem.batch).number("loss_1", losses[0]).number("loss_10", losses[9]);
  json.whole("checked_epochs", checked).number("checked_loss", losses.back());
  std::printf("%s\n", json.line().c_str());
}

bool parse(int count, char** words, Options* options) {
  Target& target = options->target;
  for (int i = 1; i < count; i++) {
    std::string word = words[i];
    std::string* text = word == "--kernel" ? &options->only
                        : word == "--json" ? &options->json
                        : word == "--dump" ? &options->dump
                                           : nullptr;
    int* number = word == "--device" ? &target.device : word == "--limit" ? &options->limit : nullptr;
    if ((text != nullptr || number != nullptr) && ++i == count) {
      return false;
    }
    if (text != nullptr) {
      *text = words[i];
    } else if (number != nullptr) {
      *number = std::atoi(words[i]);
    } else if (word == "--quick") {
      target.extent = Extent::quick;
    } else if (word == "--emulated") {
      target.extent = Extent::emulated;
    } else if (word == "--plain") {
      target.plain = true;
    } else if (word == "--product-units") {
      options->product_units = true;
    } else if (word == "--splines") {
      options->splines = true;
    } else if (word == "--check-only") {
      target.timing = false;
    } else if (word[0] != '-' && target.directory.empty()) {
      target.directory = word;
    } else {
      return false;
    }
  }
  return !options->dump.empty() || !target.directory.empty();
}

// What a module offers; empty and a message when it cannot be loaded.
std::vector<gt_kernel_info> kernels_of(const Options& options, const std::string& module) {
  Outcome outcome = apart(options.limit, [&](const Send& send) {
    open_device(options.target.device);
    std::vector<gt_kernel_info> kernels = open_module(options.target.directory, module, options.target.device).kernels;
    send(kernels.data(), kernels.size() * sizeof(gt_kernel_info));
    return 0;
  });
  std::vector<gt_kernel_info> kernels(outcome.sent.size() / sizeof(gt_kernel_info));
  std::memcpy(kernels.data(), outcome.sent.data(), kernels.size() * sizeof(gt_kernel_info));
  return kernels;
}

int multiprocessors(const Options& options) {
  int32_t count = 0;
  Outcome outcome = apart(options.limit, [&](const Send& send) {
    open_device(options.target.device);
    int32_t there = device_attribute(kMultiprocessors, options.target.device);
    send(&there, sizeof(there));
    return 0;
  });
  std::memcpy(&count, outcome.sent.data(), std::min(outcome.sent.size(), sizeof(count)));
  return count;
}

int run(const Options& options) {
  Results results(options.json);
  Outcome device = apart(options.limit, [&](const Send& send) {
    describe_device(options.target, sender(send));
    return 0;
  });
  if (device.status != 0) {
    return kNoDevice;
  }
  results.add(device.sent);

  int passed = 0;
  int skipped = 0;
  int failed = 0;
  std::vector<std::pair<std::string, std::vector<gt_kernel_info>>> modules;
  for (const std::string& name : module_names(options.target.directory)) {
    modules.emplace_back(name, kernels_of(options, name));
    failed += modules.back().second.empty();
  }
  for (const Problem& problem : problems(options.target.extent)) {
    References expected = references(problem, options.target.extent);
    // Networks with kernels of their own first, then any.
    for (size_t m = modules.size(); m-- > 0;) {
      const auto& [name, kernels] = modules[m];
      for (size_t k = 0; k < kernels.size(); k++) {
        if (!serves(kernels[k], problem) || std::strstr(kernels[k].name, options.only.c_str()) == nullptr) {
          continue;
        }
        Outcome outcome = apart(options.limit, [&, &module = name](const Send& send) {
          Verdict verdict =
              measure_kernel(options.target, module, static_cast<int>(k), problem, expected, sender(send));
          return verdict == Verdict::passed ? 0 : verdict == Verdict::skipped ? kSkipped : kFailed;
        });
        results.add(outcome.sent);
        if (outcome.status == kSkipped) {
          skipped++;
        } else if (outcome.status == 0) {
          passed++;
        } else {
          failed++;
          std::printf("%s: FAILED with %s\n", kernels[k].name, problem.name().c_str());
        }
      }
    }
  }
  if (std::strstr("train_cubic_splines", options.only.c_str()) != nullptr) {
    for (Division division : spline_divisions(multiprocessors(options), options.target.extent)) {
      Outcome outcome = apart(options.limit, [&](const Send& send) {
        Verdict verdict = measure_splines(options.target, division, sender(send));
        return verdict == Verdict::passed ? 0 : verdict == Verdict::skipped ? kSkipped : kFailed;
      });
      results.add(outcome.sent);
      passed += outcome.status == 0;
      skipped += outcome.status == kSkipped;
      failed += outcome.status != 0 && outcome.status != kSkipped;
    }
  }
  std::printf("%d passed, %d failed, %d skipped (a kernel with a network each)\n", passed, failed, skipped);
  return failed == 0 && passed > 0 ? 0 : kFailed;
}

}  // namespace

int main(int count, char** words) {
  if (count == 2 && std::strcmp(words[1], "--help") == 0) {
    std::fputs(kHelp, stdout);
    return 0;
  }
  Options options;
  if (!parse(count, words, &options)) {
    std::fputs(kHelp, stderr);
    return kUsage;
  }
  try {
    if (!options.dump.empty() && options.splines) {
      std::printf("%s\n", dump_splines(options.dump).c_str());
      return 0;
    }
    if (!options.dump.empty()) {
      dump(options.dump, options.product_units ? Problem({10, 20, 40, 2}, 2099, 500, GT_COMPLEX_PRODUCT_UNITS, false)
                                               : Problem({12, 80, 40, 1}, 1720, 0));
      return 0;
    }
    return run(options);
  } catch (const std::exception& e) {
    std::fprintf(stderr, "%s\n", e.what());
    return kFailed;
  }
}
