// The C interface: every call in one guard, so that no exception crosses it.
#include <algorithm>
#include <chrono>
#include <exception>
#include <new>
#include <stdexcept>
#include <string>

#include "covariance.h"
#include "jacobian.h"
#include "kernels.h"
#include "session.h"

namespace {

thread_local std::string last_error;

template <class F>
int guarded(F f) noexcept {
  try {
    f();
    return GT_OK;
  } catch (const std::invalid_argument& e) {
    last_error = e.what();
    return GT_INVALID_ARGUMENT;
  } catch (const std::bad_alloc&) {
    last_error = "out of memory";
    return GT_OUT_OF_MEMORY;
  } catch (const std::exception& e) {
    last_error = e.what();
    return GT_FAILED;
  }
}

}  // namespace

int gt_open(const gt_plan* plan, const gt_data* data, int32_t threads, gt_session** session) {
  return guarded([&] { *session = gputrain::open_session(*plan, *data, threads).release(); });
}

void gt_close(gt_session* session) { delete session; }

int gt_advance(gt_session* session, int64_t epochs) {
  return guarded([&] { session->advance(epochs); });
}

int64_t gt_sample_count(const gt_session* session) { return session->sample_count(); }

int gt_take_samples(gt_session* session, int32_t* replica, int64_t* epoch, double* loss, double* learning_rate,
                    double* rms) {
  return guarded([&] { session->take_samples(replica, epoch, loss, learning_rate, rms); });
}

int gt_get_state(const gt_session* session, int32_t replica, gt_progress* progress, double* parameters,
                 double* first_moment, double* second_moment, double* best_parameters, double* parameter_sum) {
  return guarded([&] {
    session->get_state(replica, progress, parameters, first_moment, second_moment, best_parameters, parameter_sum);
  });
}

int gt_set_state(gt_session* session, int32_t replica, const gt_progress* progress, const double* parameters,
                 const double* first_moment, const double* second_moment, const double* best_parameters,
                 const double* parameter_sum) {
  return guarded([&] {
    session->set_state(replica, *progress, parameters, first_moment, second_moment, best_parameters, parameter_sum);
  });
}

int gt_predict(const gt_session* session, const double* parameters, const double* inputs, int32_t rows,
               double* outputs) {
  return guarded([&] { session->predict(parameters, inputs, rows, outputs); });
}

int gt_input_gradient(const gt_session* session, const double* parameters, const double* inputs, int32_t rows,
                      const double* output_weights, double* gradient) {
  return guarded([&] { session->input_gradient(parameters, inputs, rows, output_weights, gradient); });
}

int gt_assemble(int32_t kind, double length, double class_length, double weight, const double* a, int32_t rows_a,
                const double* b, int32_t rows_b, int32_t columns, int32_t threads, double* result) {
  return guarded([&] {
    if (kind < GT_ADDITIVE || kind > GT_DISTANCE) {
      throw std::invalid_argument("no such kernel: " + std::to_string(kind));
    }
    gputrain::assemble(static_cast<gputrain::CovarianceKind>(kind), length, class_length, weight, a, rows_a, b, rows_b,
                       columns, threads, result);
  });
}

int gt_outputs(const gt_network* network, const double* parameters, const double* inputs, int32_t row_from,
               int32_t row_to, double* outputs) {
  return guarded([&] { gputrain::network_outputs(*network, parameters, inputs, row_from, row_to, outputs); });
}

int gt_derivatives(const gt_network* network, const int32_t* trained, int32_t count, const double* parameters,
                   const double* inputs, int32_t row_from, int32_t row_to, const double* scale, double* result) {
  return guarded([&] {
    gputrain::network_derivatives(*network, trained, count, parameters, inputs, row_from, row_to, scale, result);
  });
}

int gt_add_layer_products(const double* h_a, const double* d_a, int32_t from_a, int32_t to_a, const double* h_b,
                          const double* d_b, int32_t from_b, int32_t to_b, int32_t inputs, int32_t width,
                          int32_t outputs, double* result) {
  return guarded([&] {
    gputrain::add_layer_products(h_a, d_a, from_a, to_a, h_b, d_b, from_b, to_b, inputs, width, outputs, result);
  });
}

int gt_measure_peak(int32_t threads, double seconds, double* gflops) {
  return guarded([&] {
    if (threads < 1 || !(seconds > 0)) {
      throw std::invalid_argument("a peak measurement needs threads >= 1 and seconds > 0");
    }
    using Clock = std::chrono::steady_clock;
    gputrain::Pool pool(threads);
    gputrain::Barrier barrier;
    const gputrain::Kernels& kernels = gputrain::chosen_kernels();
    int members = pool.threads();
    std::vector<double> operations(static_cast<size_t>(members));
    std::vector<Clock::time_point> begin(operations.size()), end(operations.size());
    pool.run(members, [&](int member) {
      size_t i = static_cast<size_t>(member);
      kernels.multiply_adds(10000);
      barrier.wait(members);
      begin[i] = end[i] = Clock::now();
      while (std::chrono::duration<double>(end[i] - begin[i]).count() < seconds) {
        operations[i] += kernels.multiply_adds(2000);
        end[i] = Clock::now();
      }
    });
    double rate = 0;
    for (size_t i = 0; i < operations.size(); i++) {
      rate += operations[i] / std::chrono::duration<double>(end[i] - begin[i]).count();
    }
    *gflops = rate * 1e-9;
  });
}

const char* gt_isa(void) {
  const char* name = nullptr;
  guarded([&] { name = gputrain::chosen_kernels().name; });
  return name;
}

const char* gt_last_error(void) { return last_error.c_str(); }
