// Takes rows through a network of two hidden layers whose widths the compiler knows.
//
// A group of threads (a warp, or the whole block) carries a tile of 16 rows through the network, forward and backward,
// without leaving the chip. Within the group a thread owns 4 rows and every kColumnGroups-th column of each layer, so
// that a matrix product is 4-row by n-column register tiles fed by 16-byte loads: 4 + n loads for 16 n multiply-adds.
// Weight gradients are sums over rows of outer products; they stay in registers over all tiles of a step, dealt over
// the threads in a second pattern. Warps that each carry their own tile need no barrier of the block between rows (deep
// mode); a block that carries one tile together has 1/4 of the work per thread (wide mode).
//
// Arrays of activations are [feature][row], rows contiguous, kRowStride apart; weights are [column][k] with a stride
// whose quarter is odd: eight neighbouring threads then reach all 32 banks with 16-byte loads.
#pragma once

#include "activation.h"
#include "driver.h"
#include "loss.h"
#include "two_hidden_plan.h"

namespace gputrain::device {

template <int Inputs, int Hidden1, int Hidden2, int Outputs, int Activation, int Threads, int Group>
struct TwoHiddenTile {
  using Plan = TwoHiddenPlan<Inputs, Hidden1, Hidden2, Outputs, Threads, Group>;
  static constexpr int kThreads = Threads;
  static constexpr int kGroups = Plan::kGroups;
  static constexpr int kRows = Plan::kRows;
  static constexpr int kParameters = Plan::kParameters;
  static constexpr int kFloats = Plan::kFloats;

  GT_DEVICE TwoHiddenTile(const gt_cuda_session& s, float* memory)
      : session(s), memory_(memory), huber_delta_(static_cast<float>(s.huber_delta)) {}

  GT_DEVICE void clear() {
    for (int i = thread(); i < Plan::kRegion; i += Threads) {
      memory_[i] = 0;
    }
    resident_ = -1;
  }

  GT_DEVICE void set(int i, float value) {
    typename Plan::Place place = Plan::find(i);
    memory_[place.at] = value;
    if (place.back >= 0) {
      memory_[place.back] = value;
    }
  }
  GT_DEVICE void set(int i, float value, int rank) {
    typename Plan::Place place = Plan::find(i);
    float* theirs = peer(memory_, rank);
    theirs[place.at] = value;
    if (place.back >= 0) {
      theirs[place.back] = value;
    }
  }
  GT_DEVICE float get(int i) const { return memory_[Plan::find(i).at]; }

  GT_DEVICE float gradient(int i, int /*unused*/) const { return sum_groups(memory_, i); }
  GT_DEVICE float gradient(int i, int /*unused*/, int rank) const { return sum_groups(peer(memory_, rank), i); }

  GT_DEVICE double loss() const {
    const double* losses = reinterpret_cast<const double*>(memory_ + Plan::kLoss);
    double total = losses[0];
    GT_UNROLL
    for (int g = 1; g < kGroups; g++) {
      total += losses[g];
    }
    return total;
  }

  GT_DEVICE void accumulate(const Rows& rows, int lo, int hi, int n) {
    pass<true>(rows, lo, hi, static_cast<float>(1.0 / (static_cast<double>(n) * Outputs)));
  }
  GT_DEVICE double squares(const Rows& rows, int lo, int hi, int /*n*/) {
    pass<false>(rows, lo, hi, 0);
    return loss();
  }

 private:
  GT_DEVICE static float sum_groups(const float* memory, int i) {
    const float* partial = memory + Plan::kRegion + i;
    float total = partial[0];
    GT_UNROLL
    for (int g = 1; g < kGroups; g++) {
      total += partial[g * kParameters];
    }
    return total;
  }

  // This thread's place in its group; constant, and cheaper computed than kept.
  GT_DEVICE static int member() { return Group == Threads ? thread() : thread() % Group; }
  GT_DEVICE static int group() { return Group == Threads ? 0 : thread() / Group; }
  GT_DEVICE static int row_group() { return thread() % Plan::kRowGroups; }
  GT_DEVICE static int column_group() { return member() / Plan::kRowGroups; }
  GT_DEVICE static void sync_group() {
    if (Group == 32) {
      sync_warp();
    } else {
      sync_block();
    }
  }

  // Gradient sums of this thread over the tiles of a step.
  struct Sums {
    float w1[Plan::kDeal1.ns][Plan::kDeal1.ks], w2[Plan::kDeal2.ns][Plan::kDeal2.ks];
    float b1[Plan::kColumns1], b2[Plan::kColumns2];   // of its 4 rows
    float w3[Outputs][Plan::kColumns2], b3[Outputs];  // likewise
  };
  // Begins to copy a tile's inputs and targets; rows from hi on repeat the last one.
  GT_DEVICE void fetch(const Rows& rows, int begin, int hi, int buffer) {
    int r = member() % kRows;
    int position = begin + r < hi ? begin + r : hi - 1;
    int64_t row = rows.at(position);
    const float* inputs = session.inputs + row * Inputs;
    float* x = memory_ + Plan::kX + (group() * 2 + buffer) * Plan::kXFloats + r;
    GT_UNROLL
    for (int i = 0; i < Plan::kCopies; i++) {
      int k = member() / kRows + i * Plan::kCopyStep;
      if (k < Inputs) {
        copy_async(x + k * Plan::kRowStride, inputs + k);
      }
    }
    const float* targets = session.targets + row * Outputs;
    float* t = memory_ + Plan::kTargets + (group() * 2 + buffer) * Plan::kTargetFloats + r;
    for (int j = member() / kRows; j < Outputs; j += Plan::kCopyStep) {
      copy_async(t + j * kRows, targets + j);
    }
  }

  // A full batch that is one tile needs to be copied once.
  GT_DEVICE bool is_resident(const Rows& rows, int lo, int hi) {
    int key = kGroups == 1 && rows.order == nullptr && hi - lo <= kRows ? rows.first + lo : -1;
    bool resident = key >= 0 && key == resident_ && hi - lo == resident_rows_;
    resident_ = key;
    resident_rows_ = hi - lo;
    return resident;
  }

  template <bool Train>
  GT_DEVICE void pass(const Rows& rows, int lo, int hi, float scale) {
    Sums sums;
    if (Train) {
      zero(sums.w1);
      zero(sums.w2);
      zero(sums.b1);
      zero(sums.b2);
      zero(sums.w3);
      zero(sums.b3);
    }
    double total = 0;
    bool resident = is_resident(rows, lo, hi);
    int begin = lo + group() * kRows;
    int buffer = 0;
    if (begin < hi && !resident) {
      fetch(rows, begin, hi, 0);
    }
    GT_NO_UNROLL
    for (; begin < hi; begin += kGroups * kRows) {
      copies_done();
      sync_group();
      if (begin + kGroups * kRows < hi) {
        fetch(rows, begin + kGroups * kRows, hi, buffer ^ 1);
      }
      tile<Train>(rows, begin, hi, buffer, scale, sums, total);
      buffer ^= 1;
    }
    // All have left the activations, where the sums go.
    sync_block();
    flush<Train>(sums, total);
    sync_block();
  }

  template <bool Train>
  GT_DEVICE void tile(const Rows& rows, int begin, int hi, int buffer, float scale, Sums& sums, double& total) {
    float* region = memory_ + Plan::kRegion + group() * Plan::kGroupFloats;
    const float* x = memory_ + Plan::kX + (group() * 2 + buffer) * Plan::kXFloats;
    int own = column_group() * Plan::kRowStride + 4 * row_group();  // this thread's rows of its first column
    constexpr int kNext = Plan::kColumnGroups * Plan::kRowStride;
    {
      float z[Plan::kColumns1][4];
      add_bias(Plan::kB1, z);
      product<Plan::kPadded0 / 4, Plan::kRowStride, Plan::kStride1, Plan::kColumnGroups>(
          x + 4 * row_group(), own_columns<Plan::kStride1>(Plan::kW1), z);
      GT_UNROLL
      for (int c = 0; c < Plan::kColumns1; c++) {
        Float4 value, slope;
        activate_rows(z[c], &value, &slope);
        store4(region + Plan::kValue1 + own + c * kNext, value);
        if (Train) {
          store4(region + Plan::kSlope1 + own + c * kNext, slope);
        }
      }
    }
    sync_group();
    float z[Plan::kColumns2][4];
    add_bias(Plan::kB2, z);
    product<Hidden1 / 4, Plan::kRowStride, Plan::kStride2, Plan::kColumnGroups>(
        region + Plan::kValue1 + 4 * row_group(), own_columns<Plan::kStride2>(Plan::kW2), z);
    Float4 value[Plan::kColumns2], slope[Plan::kColumns2];
    GT_UNROLL
    for (int c = 0; c < Plan::kColumns2; c++) {
      activate_rows(z[c], &value[c], &slope[c]);
    }
    float y[Outputs][4];
    output(value, y);
    if (!Train) {
      add_squares(rows, begin, hi, y, total);
      // The next tile's activations must not overtake this one's readers.
      sync_group();
      return;
    }
    output_gradient(begin, hi, buffer, scale, y, total);  // y is now the gradient by the outputs
    GT_UNROLL
    for (int c = 0; c < Plan::kColumns2; c++) {
      Float4 d = {0, 0, 0, 0};
      GT_UNROLL
      for (int j = 0; j < Outputs; j++) {
        float w = memory_[Plan::kW3 + j * Plan::kPadded2 + column_group() + c * Plan::kColumnGroups];
        d.x = multiply_add(y[j][0], w, d.x);
        d.y = multiply_add(y[j][1], w, d.y);
        d.z = multiply_add(y[j][2], w, d.z);
        d.w = multiply_add(y[j][3], w, d.w);
        sums.w3[j][c] = dot({y[j][0], y[j][1], y[j][2], y[j][3]}, value[c], sums.w3[j][c]);
      }
      d = {d.x * slope[c].x, d.y * slope[c].y, d.z * slope[c].z, d.w * slope[c].w};
      sums.b2[c] += (d.x + d.y) + (d.z + d.w);
      store4(region + Plan::kDelta2 + own + c * kNext, d);
    }
    GT_UNROLL
    for (int j = 0; j < Outputs; j++) {
      sums.b3[j] += (y[j][0] + y[j][1]) + (y[j][2] + y[j][3]);
    }
    sync_group();
    outer<kRows, Plan::kRowStride, Plan::kDeal2.k_threads, Plan::kDeal2.n_threads>(member(), region + Plan::kDelta2,
                                                                                   region + Plan::kValue1, sums.w2);
    {
      float d[Plan::kColumns1][4];
      zero(d);
      product<Hidden2 / 4, Plan::kRowStride, Plan::kStrideBack, Plan::kColumnGroups>(
          region + Plan::kDelta2 + 4 * row_group(), own_columns<Plan::kStrideBack>(Plan::kW2Back), d);
      GT_UNROLL
      for (int c = 0; c < Plan::kColumns1; c++) {
        float* at = region + Plan::kSlope1 + own + c * kNext;
        Float4 s = load4(at);
        Float4 e = {d[c][0] * s.x, d[c][1] * s.y, d[c][2] * s.z, d[c][3] * s.w};
        sums.b1[c] += (e.x + e.y) + (e.z + e.w);
        store4(at, e);
      }
    }
    sync_group();
    outer<kRows, Plan::kRowStride, Plan::kDeal1.k_threads, Plan::kDeal1.n_threads>(member(), region + Plan::kSlope1, x,
                                                                                   sums.w1);
  }

  // Weights of this thread's first column.
  template <int Stride>
  GT_DEVICE const float* own_columns(int weights) const {
    return memory_ + weights + column_group() * Stride;
  }

  template <int Columns>
  GT_DEVICE void add_bias(int biases, float (&z)[Columns][4]) const {
    GT_UNROLL
    for (int c = 0; c < Columns; c++) {
      float bias = memory_[biases + column_group() + c * Plan::kColumnGroups];
      z[c][0] = z[c][1] = z[c][2] = z[c][3] = bias;
    }
  }
  GT_DEVICE static void activate_rows(const float (&z)[4], Float4* value, Float4* slope) {
    activate<Activation>(z[0], &value->x, &slope->x);
    activate<Activation>(z[1], &value->y, &slope->y);
    activate<Activation>(z[2], &value->z, &slope->z);
    activate<Activation>(z[3], &value->w, &slope->w);
  }

  // Outputs of this thread's rows, in all threads that share them.
  GT_DEVICE void output(const Float4 (&value)[Plan::kColumns2], float (&y)[Outputs][4]) {
    zero(y);
    GT_UNROLL
    for (int j = 0; j < Outputs; j++) {
      GT_UNROLL
      for (int c = 0; c < Plan::kColumns2; c++) {
        add_outer(value[c], memory_[Plan::kW3 + j * Plan::kPadded2 + column_group() + c * Plan::kColumnGroups], y[j]);
      }
      GT_UNROLL
      for (int r = 0; r < 4; r++) {
        GT_UNROLL
        for (int mask = Plan::kRowGroups; mask < 32; mask *= 2) {
          y[j][r] += shuffle_xor(y[j][r], mask);
        }
      }
    }
    if (Plan::kWarps > 1) {
      float* exchange = memory_ + Plan::kExchange + 4 * row_group();
      if (thread() % 32 < Plan::kRowGroups) {
        GT_UNROLL
        for (int j = 0; j < Outputs; j++) {
          store4(exchange + (thread() / 32 * Outputs + j) * kRows, {y[j][0], y[j][1], y[j][2], y[j][3]});
        }
      }
      sync_group();
      zero(y);
      GT_UNROLL
      for (int w = 0; w < Plan::kWarps; w++) {
        GT_UNROLL
        for (int j = 0; j < Outputs; j++) {
          add_outer(load4(exchange + (w * Outputs + j) * kRows), 1, y[j]);
        }
      }
    }
    GT_UNROLL
    for (int j = 0; j < Outputs; j++) {
      float bias = memory_[Plan::kB3 + j];
      GT_UNROLL
      for (int r = 0; r < 4; r++) {
        y[j][r] += bias;
      }
    }
  }

  GT_DEVICE void output_gradient(int begin, int hi, int buffer, float scale, float (&y)[Outputs][4],
                                 double& total) const {
    const float* targets = memory_ + Plan::kTargets + (group() * 2 + buffer) * Plan::kTargetFloats + 4 * row_group();
    float losses = 0;
    GT_UNROLL
    for (int j = 0; j < Outputs; j++) {
      Float4 t = load4(targets + j * kRows);
      const float target[4] = {t.x, t.y, t.z, t.w};
      GT_UNROLL
      for (int r = 0; r < 4; r++) {
        bool valid = begin + 4 * row_group() + r < hi;
        float slope;
        float value = loss_of(session.loss, huber_delta_, y[j][r] - target[r], &slope);
        y[j][r] = valid ? slope * scale : 0;
        losses += valid ? value : 0;
      }
    }
    // In every column group the same number; flush() takes the first's.
    total += static_cast<double>(losses);
  }

  GT_DEVICE void add_squares(const Rows& rows, int begin, int hi, const float (&y)[Outputs][4], double& total) const {
    GT_UNROLL
    for (int r = 0; r < 4; r++) {
      int position = begin + 4 * row_group() + r;
      if (position < hi && column_group() == 0) {
        const double* target = session.exact_targets + static_cast<int64_t>(rows.at(position)) * Outputs;
        double error = 0;
        GT_UNROLL
        for (int j = 0; j < Outputs; j++) {
          error += session.output_weights[j] * (static_cast<double>(y[j][r]) - target[j]);
        }
        total += error * error;
      }
    }
  }

  template <bool Train>
  GT_DEVICE void flush(const Sums& sums, double total) {
    total += shuffle_xor(total, 1);
    total += shuffle_xor(total, 2);
    if (member() == 0) {
      reinterpret_cast<double*>(memory_ + Plan::kLoss)[group()] = total;
    }
    if (!Train) {
      return;
    }
    float* to = memory_ + Plan::kRegion + group() * kParameters;
    store_weights<Plan::kDeal1.k_threads, Plan::kDeal1.n_threads, Inputs, Hidden1>(member(), sums.w1, to);
    to += Hidden1 * Inputs;
    store_columns<Hidden1, Plan::kColumnGroups>(column_group(), row_group() == 0, sums.b1, to);
    to += Hidden1;
    store_weights<Plan::kDeal2.k_threads, Plan::kDeal2.n_threads, Hidden1, Hidden2>(member(), sums.w2, to);
    to += Hidden2 * Hidden1;
    store_columns<Hidden2, Plan::kColumnGroups>(column_group(), row_group() == 0, sums.b2, to);
    to += Hidden2;
    GT_UNROLL
    for (int j = 0; j < Outputs; j++) {
      store_columns<Hidden2, Plan::kColumnGroups>(column_group(), row_group() == 0, sums.w3[j], to);
      to += Hidden2;
    }
    GT_UNROLL
    for (int j = 0; j < Outputs; j++) {
      float sum = over_four(sums.b3[j]);
      if (member() == 0) {
        to[j] = sum;
      }
    }
  }
  const gt_cuda_session& session;
  float* memory_;
  float huber_delta_;
  int resident_ = -1, resident_rows_ = 0;
};

}  // namespace gputrain::device
