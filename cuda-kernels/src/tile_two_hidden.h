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
#include "strides.h"

namespace gputrain::device {

// How a group deals a [columns, ks] gradient over its threads: thread t has ks t % k_threads + i k_threads and columns
// t / k_threads + j n_threads.
struct Deal {
  int k_threads, n_threads, ks, ns;
};
GT_CONSTEXPR Deal deal(int group, int k, int n, int most_k, int most_n) {
  Deal best = {0, 0, 0, 0};
  int least = 1 << 30;
  for (int k_threads = 1; k_threads <= group; k_threads *= 2) {
    int n_threads = group / k_threads;
    int ks = ceiling(k, k_threads);
    int ns = ceiling(n, n_threads);
    int cost = 64 * ks * ns + ks + ns;
    if (ks * k_threads <= most_k && ns * n_threads <= most_n && cost < least) {
      least = cost;
      best = {k_threads, n_threads, ks, ns};
    }
  }
  return best;
}

template <int Inputs, int Hidden1, int Hidden2, int Outputs, int Activation, int Threads, int Group>
struct TwoHiddenTile {
  static constexpr int kThreads = Threads;
  static constexpr int kGroups = Threads / Group;
  static constexpr int kRows = 16;
  static constexpr int kRowGroups = kRows / 4;
  static constexpr int kColumnGroups = Group / kRowGroups;
  static constexpr int kRowStride = odd_stride(kRows);
  static constexpr int kParameters = Hidden1 * (Inputs + 1) + Hidden2 * (Hidden1 + 1) + Outputs * (Hidden2 + 1);

  static constexpr int kColumns1 = ceiling(Hidden1, kColumnGroups);
  static constexpr int kColumns2 = ceiling(Hidden2, kColumnGroups);
  // Features with the padding that whole register tiles reach; it is 0 and stays 0.
  static constexpr int kPadded0 = (Inputs + 3) / 4 * 4;
  static constexpr int kPadded1 = kColumns1 * kColumnGroups;
  static constexpr int kPadded2 = kColumns2 * kColumnGroups;
  static constexpr Deal kDeal1 = deal(Group, Inputs, Hidden1, kPadded0, kPadded1);
  static constexpr Deal kDeal2 = deal(Group, Hidden1, Hidden2, kPadded1, kPadded2);

  // Features that the group copies at once, and how often.
  static constexpr int kCopyStep = Group / kRows;
  static constexpr int kCopies = ceiling(Inputs, kCopyStep);

  static constexpr int kStride1 = odd_stride(Inputs);
  static constexpr int kStride2 = odd_stride(Hidden1);
  static constexpr int kStrideBack = odd_stride(Hidden2);

  // Shared memory in floats.
  static constexpr int kW1 = 0;
  static constexpr int kW2 = kW1 + kPadded1 * kStride1;
  static constexpr int kW2Back = kW2 + kPadded2 * kStride2;  // [k][column], for the way back
  static constexpr int kW3 = kW2Back + kPadded1 * kStrideBack;
  static constexpr int kB1 = kW3 + Outputs * kPadded2;
  static constexpr int kB2 = kB1 + kPadded1;
  static constexpr int kB3 = kB2 + kPadded2;
  static constexpr int kWeights = (kB3 + Outputs + 3) / 4 * 4;
  static constexpr int kX = kWeights;  // [group][2][kPadded0][rows]
  static constexpr int kXFloats = kPadded0 * kRowStride;
  static constexpr int kTargets = kX + kGroups * 2 * kXFloats;  // [group][2][Outputs][rows]
  static constexpr int kTargetFloats = Outputs * kRows;
  static constexpr int kWarps = Group / 32;
  static constexpr int kExchange = kTargets + kGroups * 2 * kTargetFloats;  // [warp][Outputs][rows]
  static constexpr int kLoss = (kExchange + (kWarps > 1 ? kWarps * Outputs * kRows : 0) + 3) / 4 * 4;  // doubles
  static constexpr int kRegion = (kLoss + 2 * kGroups + 3) / 4 * 4;
  // Activations of the layers while rows pass, then every group's gradient.
  static constexpr int kValue1 = 0;                                // [kPadded1][rows]
  static constexpr int kSlope1 = kValue1 + kPadded1 * kRowStride;  // slopes, then the gradient by the sums before them
  static constexpr int kDelta2 = kSlope1 + kPadded1 * kRowStride;  // [kPadded2][rows]
  static constexpr int kGroupFloats = kDelta2 + kPadded2 * kRowStride;
  static constexpr int kRegionFloats = kGroups * (kGroupFloats > kParameters ? kGroupFloats : kParameters);
  static constexpr int kFloats = kRegion + kRegionFloats;

  static_assert(Group == 32 || Group == Threads, "a group is a warp or the block");
  static_assert(Hidden1 % 4 == 0 && Hidden2 % 4 == 0, "products take 4 ks at a time");

  GT_DEVICE TwoHiddenTile(const gt_cuda_session& s, float* memory)
      : session(s), memory_(memory), huber_delta_(static_cast<float>(s.huber_delta)) {}

  GT_DEVICE void clear() {
    for (int i = thread(); i < kRegion; i += Threads) {
      memory_[i] = 0;
    }
    resident_ = -1;
  }

  GT_DEVICE void set(int i, float value) {
    Place place = find(i);
    memory_[place.at] = value;
    if (place.back >= 0) {
      memory_[place.back] = value;
    }
  }
  GT_DEVICE void set(int i, float value, int rank) {
    Place place = find(i);
    float* theirs = peer(memory_, rank);
    theirs[place.at] = value;
    if (place.back >= 0) {
      theirs[place.back] = value;
    }
  }
  GT_DEVICE float get(int i) const { return memory_[find(i).at]; }

  GT_DEVICE float gradient(int i, int /*unused*/) const { return sum_groups(memory_, i); }
  GT_DEVICE float gradient(int i, int /*unused*/, int rank) const { return sum_groups(peer(memory_, rank), i); }

  GT_DEVICE double loss() const {
    const double* losses = reinterpret_cast<const double*>(memory_ + kLoss);
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
  GT_DEVICE double squares(const Rows& rows, int lo, int hi) {
    pass<false>(rows, lo, hi, 0);
    return loss();
  }

 private:
  struct Place {
    int at, back;  // back: -1 for none
  };
  GT_DEVICE static Place find(int i) {
    if (i < Hidden1 * Inputs) {
      return {kW1 + i / Inputs * kStride1 + i % Inputs, -1};
    }
    i -= Hidden1 * Inputs;
    if (i < Hidden1) {
      return {kB1 + i, -1};
    }
    i -= Hidden1;
    if (i < Hidden2 * Hidden1) {
      int n = i / Hidden1;
      int k = i % Hidden1;
      return {kW2 + n * kStride2 + k, kW2Back + k * kStrideBack + n};
    }
    i -= Hidden2 * Hidden1;
    if (i < Hidden2) {
      return {kB2 + i, -1};
    }
    i -= Hidden2;
    if (i < Outputs * Hidden2) {
      return {kW3 + i / Hidden2 * kPadded2 + i % Hidden2, -1};
    }
    return {kB3 + i - Outputs * Hidden2, -1};
  }

  GT_DEVICE static float sum_groups(const float* memory, int i) {
    const float* partial = memory + kRegion + i;
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
  GT_DEVICE static int row_group() { return thread() % kRowGroups; }
  GT_DEVICE static int column_group() { return member() / kRowGroups; }
  GT_DEVICE static void sync_group() {
    if (Group == 32) {
      sync_warp();
    } else {
      sync_block();
    }
  }

  // sums[c][r] += sum over k of a[k][4 row_group + r] b[column c][k], k in 4 K.
  template <int K, int Columns, int Stride>
  GT_DEVICE static void product(const float* a, const float* b, float (&sums)[Columns][4]) {
    a += 4 * row_group();
    b += column_group() * Stride;
    GT_UNROLL_BY(2)
    for (int k = 0; k < K; k++) {
      Float4 x[4];
      GT_UNROLL
      for (int j = 0; j < 4; j++) {
        x[j] = load4(a + (4 * k + j) * kRowStride);
      }
      GT_UNROLL
      for (int c = 0; c < Columns; c++) {
        Float4 w = load4(b + c * kColumnGroups * Stride + 4 * k);
        add_outer(x[0], w.x, sums[c]);
        add_outer(x[1], w.y, sums[c]);
        add_outer(x[2], w.z, sums[c]);
        add_outer(x[3], w.w, sums[c]);
      }
    }
  }
  GT_DEVICE static void add_outer(const Float4& x, float w, float (&sum)[4]) {
    sum[0] = multiply_add(x.x, w, sum[0]);
    sum[1] = multiply_add(x.y, w, sum[1]);
    sum[2] = multiply_add(x.z, w, sum[2]);
    sum[3] = multiply_add(x.w, w, sum[3]);
  }
  GT_DEVICE static float dot(const Float4& x, const Float4& y, float sum) {
    sum = multiply_add(x.x, y.x, sum);
    sum = multiply_add(x.y, y.y, sum);
    sum = multiply_add(x.z, y.z, sum);
    return multiply_add(x.w, y.w, sum);
  }

  // gradient[n][k] += sum over the tile's rows of delta[n][row] a[k][row], for this thread's ns and ks.
  template <int KThreads, int NThreads, int Ks, int Ns>
  GT_DEVICE static void outer(const float* delta, const float* a, float (&gradient)[Ns][Ks]) {
    delta += member() / KThreads * kRowStride;
    a += member() % KThreads * kRowStride;
    GT_NO_UNROLL
    for (int row = 0; row < kRows; row += 4) {
      // The smaller side waits in registers while the other streams by.
      if (Ks <= Ns) {
        Float4 kept[Ks];
        GT_UNROLL
        for (int i = 0; i < Ks; i++) {
          kept[i] = load4(a + i * KThreads * kRowStride + row);
        }
        GT_UNROLL
        for (int j = 0; j < Ns; j++) {
          Float4 d = load4(delta + j * NThreads * kRowStride + row);
          GT_UNROLL
          for (int i = 0; i < Ks; i++) {
            gradient[j][i] = dot(d, kept[i], gradient[j][i]);
          }
        }
      } else {
        Float4 kept[Ns];
        GT_UNROLL
        for (int j = 0; j < Ns; j++) {
          kept[j] = load4(delta + j * NThreads * kRowStride + row);
        }
        GT_UNROLL
        for (int i = 0; i < Ks; i++) {
          Float4 x = load4(a + i * KThreads * kRowStride + row);
          GT_UNROLL
          for (int j = 0; j < Ns; j++) {
            gradient[j][i] = dot(kept[j], x, gradient[j][i]);
          }
        }
      }
    }
  }

  // Gradient sums of this thread over the tiles of a step.
  struct Sums {
    float w1[kDeal1.ns][kDeal1.ks], w2[kDeal2.ns][kDeal2.ks];
    float b1[kColumns1], b2[kColumns2];         // of its 4 rows
    float w3[Outputs][kColumns2], b3[Outputs];  // likewise
  };
  template <int M, int N>
  GT_DEVICE static void zero(float (&to)[M][N]) {
    GT_UNROLL
    for (int i = 0; i < M; i++) {
      zero(to[i]);
    }
  }
  template <int N>
  GT_DEVICE static void zero(float (&to)[N]) {
    GT_UNROLL
    for (int i = 0; i < N; i++) {
      to[i] = 0;
    }
  }

  // Begins to copy a tile's inputs and targets; rows from hi on repeat the last one.
  GT_DEVICE void fetch(const Rows& rows, int begin, int hi, int buffer) {
    int r = member() % kRows;
    int position = begin + r < hi ? begin + r : hi - 1;
    int64_t row = rows.at(position);
    const float* inputs = session.inputs + row * Inputs;
    float* x = memory_ + kX + (group() * 2 + buffer) * kXFloats + r;
    GT_UNROLL
    for (int i = 0; i < kCopies; i++) {
      int k = member() / kRows + i * kCopyStep;
      if (k < Inputs) {
        copy_async(x + k * kRowStride, inputs + k);
      }
    }
    const float* targets = session.targets + row * Outputs;
    float* t = memory_ + kTargets + (group() * 2 + buffer) * kTargetFloats + r;
    for (int j = member() / kRows; j < Outputs; j += kCopyStep) {
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
    // Gradients of the last step may still be read where activations go now.
    sync_block();
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
    float* region = memory_ + kRegion + group() * kGroupFloats;
    const float* x = memory_ + kX + (group() * 2 + buffer) * kXFloats;
    int own = column_group() * kRowStride + 4 * row_group();  // this thread's rows of its first column
    constexpr int kNext = kColumnGroups * kRowStride;
    {
      float z[kColumns1][4];
      add_bias(kB1, z);
      product<kPadded0 / 4, kColumns1, kStride1>(x, memory_ + kW1, z);
      GT_UNROLL
      for (int c = 0; c < kColumns1; c++) {
        Float4 value, slope;
        activate_rows(z[c], &value, &slope);
        store4(region + kValue1 + own + c * kNext, value);
        if (Train) {
          store4(region + kSlope1 + own + c * kNext, slope);
        }
      }
    }
    sync_group();
    float z[kColumns2][4];
    add_bias(kB2, z);
    product<Hidden1 / 4, kColumns2, kStride2>(region + kValue1, memory_ + kW2, z);
    Float4 value[kColumns2], slope[kColumns2];
    GT_UNROLL
    for (int c = 0; c < kColumns2; c++) {
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
    for (int c = 0; c < kColumns2; c++) {
      Float4 d = {0, 0, 0, 0};
      GT_UNROLL
      for (int j = 0; j < Outputs; j++) {
        float w = memory_[kW3 + j * kPadded2 + column_group() + c * kColumnGroups];
        d.x = multiply_add(y[j][0], w, d.x);
        d.y = multiply_add(y[j][1], w, d.y);
        d.z = multiply_add(y[j][2], w, d.z);
        d.w = multiply_add(y[j][3], w, d.w);
        sums.w3[j][c] = dot({y[j][0], y[j][1], y[j][2], y[j][3]}, value[c], sums.w3[j][c]);
      }
      d = {d.x * slope[c].x, d.y * slope[c].y, d.z * slope[c].z, d.w * slope[c].w};
      sums.b2[c] += (d.x + d.y) + (d.z + d.w);
      store4(region + kDelta2 + own + c * kNext, d);
    }
    GT_UNROLL
    for (int j = 0; j < Outputs; j++) {
      sums.b3[j] += (y[j][0] + y[j][1]) + (y[j][2] + y[j][3]);
    }
    sync_group();
    outer<kDeal2.k_threads, kDeal2.n_threads>(region + kDelta2, region + kValue1, sums.w2);
    {
      float d[kColumns1][4];
      zero(d);
      product<Hidden2 / 4, kColumns1, kStrideBack>(region + kDelta2, memory_ + kW2Back, d);
      GT_UNROLL
      for (int c = 0; c < kColumns1; c++) {
        float* at = region + kSlope1 + own + c * kNext;
        Float4 s = load4(at);
        Float4 e = {d[c][0] * s.x, d[c][1] * s.y, d[c][2] * s.z, d[c][3] * s.w};
        sums.b1[c] += (e.x + e.y) + (e.z + e.w);
        store4(at, e);
      }
    }
    sync_group();
    outer<kDeal1.k_threads, kDeal1.n_threads>(region + kSlope1, x, sums.w1);
  }

  template <int Columns>
  GT_DEVICE void add_bias(int biases, float (&z)[Columns][4]) const {
    GT_UNROLL
    for (int c = 0; c < Columns; c++) {
      float bias = memory_[biases + column_group() + c * kColumnGroups];
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
  GT_DEVICE void output(const Float4 (&value)[kColumns2], float (&y)[Outputs][4]) {
    zero(y);
    GT_UNROLL
    for (int j = 0; j < Outputs; j++) {
      GT_UNROLL
      for (int c = 0; c < kColumns2; c++) {
        add_outer(value[c], memory_[kW3 + j * kPadded2 + column_group() + c * kColumnGroups], y[j]);
      }
      GT_UNROLL
      for (int r = 0; r < 4; r++) {
        GT_UNROLL
        for (int mask = kRowGroups; mask < 32; mask *= 2) {
          y[j][r] += shuffle_xor(y[j][r], mask);
        }
      }
    }
    if (kWarps > 1) {
      float* exchange = memory_ + kExchange + 4 * row_group();
      if (thread() % 32 < kRowGroups) {
        GT_UNROLL
        for (int j = 0; j < Outputs; j++) {
          store4(exchange + (thread() / 32 * Outputs + j) * kRows, {y[j][0], y[j][1], y[j][2], y[j][3]});
        }
      }
      sync_group();
      zero(y);
      GT_UNROLL
      for (int w = 0; w < kWarps; w++) {
        GT_UNROLL
        for (int j = 0; j < Outputs; j++) {
          add_outer(load4(exchange + (w * Outputs + j) * kRows), 1, y[j]);
        }
      }
    }
    GT_UNROLL
    for (int j = 0; j < Outputs; j++) {
      float bias = memory_[kB3 + j];
      GT_UNROLL
      for (int r = 0; r < 4; r++) {
        y[j][r] += bias;
      }
    }
  }

  GT_DEVICE void output_gradient(int begin, int hi, int buffer, float scale, float (&y)[Outputs][4],
                                 double& total) const {
    const float* targets = memory_ + kTargets + (group() * 2 + buffer) * kTargetFloats + 4 * row_group();
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
      reinterpret_cast<double*>(memory_ + kLoss)[group()] = total;
    }
    if (!Train) {
      return;
    }
    float* to = memory_ + kRegion + group() * kParameters;
    flush_weights<kDeal1.k_threads, kDeal1.n_threads, Inputs, Hidden1>(sums.w1, to);
    to += Hidden1 * Inputs;
    flush_columns<Hidden1>(sums.b1, to);
    to += Hidden1;
    flush_weights<kDeal2.k_threads, kDeal2.n_threads, Hidden1, Hidden2>(sums.w2, to);
    to += Hidden2 * Hidden1;
    flush_columns<Hidden2>(sums.b2, to);
    to += Hidden2;
    GT_UNROLL
    for (int j = 0; j < Outputs; j++) {
      flush_columns<Hidden2>(sums.w3[j], to);
      to += Hidden2;
    }
    GT_UNROLL
    for (int j = 0; j < Outputs; j++) {
      float sum = over_rows(sums.b3[j]);
      if (member() == 0) {
        to[j] = sum;
      }
    }
  }
  GT_DEVICE static float over_rows(float sum) {
    sum += shuffle_xor(sum, 1);
    return sum + shuffle_xor(sum, 2);
  }
  template <int Width, int Columns>
  GT_DEVICE static void flush_columns(const float (&sums)[Columns], float* to) {
    GT_UNROLL
    for (int c = 0; c < Columns; c++) {
      float sum = over_rows(sums[c]);
      int column = column_group() + c * kColumnGroups;
      if (row_group() == 0 && column < Width) {
        to[column] = sum;
      }
    }
  }
  template <int KThreads, int NThreads, int K, int N, int Ks, int Ns>
  GT_DEVICE static void flush_weights(const float (&sums)[Ns][Ks], float* to) {
    GT_UNROLL
    for (int j = 0; j < Ns; j++) {
      int n = member() / KThreads + j * NThreads;
      GT_UNROLL
      for (int i = 0; i < Ks; i++) {
        int k = member() % KThreads + i * KThreads;
        if (n < N && k < K) {
          to[n * K + k] = sums[j][i];
        }
      }
    }
  }

  const gt_cuda_session& session;
  float* memory_;
  float huber_delta_;
  int resident_ = -1, resident_rows_ = 0;
};

}  // namespace gputrain::device
