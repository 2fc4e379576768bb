// Takes rows through a dense network of any widths. The block carries a tile of rows together; gradients are added to
// memory tile by tile, each entry by one thread. The memory is shared memory where the network fits it, else the
// block's own part of the session's workspace.
//
// As in tile_two_hidden.h, activations are [feature][row], rows contiguous, and weights [column][k].
#pragma once

#include "activation.h"
#include "driver.h"
#include "layer_places.h"
#include "loss.h"

namespace gputrain::device {

template <int Threads, int TileRows>
struct GenericTile {
  static constexpr int kThreads = Threads;
  static constexpr int kRows = TileRows;
  static constexpr int kRowGroups = kRows / 4;
  static constexpr int kColumnGroups = Threads / kRowGroups;
  static constexpr int kRowStride = odd_stride(kRows);
  static constexpr int kWarps = Threads / 32;
  static constexpr int kPlaceFloats = ceiling(GT_MOST_LAYERS * static_cast<int>(sizeof(LayerPlace)), 16) * 4;

  GT_DEVICE GenericTile(const gt_cuda_session& s, float* memory)
      : session(s),
        memory_(memory),
        place_(reinterpret_cast<LayerPlace*>(memory)),
        huber_delta_(static_cast<float>(s.huber_delta)) {}

  // Floats of memory that a network takes.
  GT_DEVICE static int lay_out(const gt_cuda_session& s, LayerPlace* place) {
    return place_layers(s, kPlaceFloats + 2 * kWarps, kRowStride, place);
  }

  GT_DEVICE void clear() {
    if (thread() == 0) {
      lay_out(session, place_);
    }
    sync_block();
    const LayerPlace& last = place_[session.layers - 1];
    outputs_ = last.slope + (session.layers > 1 ? ceiling(last.in, 4) * 4 * kRowStride : 0);
    int output_rows = ceiling(last.out, 4) * 4;
    gradient_ = outputs_ + output_rows * kRowStride;
    int end = gradient_ + session.parameters;
    for (int i = kPlaceFloats + thread(); i < end; i += Threads) {
      memory_[i] = 0;
    }
  }

  GT_DEVICE void set(int i, float value) { store(memory_, i, value); }
  GT_DEVICE void set(int i, float value, int rank) { store(peer(memory_, rank), i, value); }
  GT_DEVICE float get(int i) const {
    const LayerPlace& layer = layer_of(&i);
    int weights = layer.out * layer.in;
    return i < weights ? memory_[layer.weights + i / layer.in * layer.stride + i % layer.in]
                       : memory_[layer.bias + i - weights];
  }
  GT_DEVICE float gradient(int i, int /*unused*/) const { return memory_[gradient_ + i]; }
  GT_DEVICE float gradient(int i, int /*unused*/, int rank) const { return peer(memory_, rank)[gradient_ + i]; }
  GT_DEVICE double loss() const {
    double total = 0;
    for (int w = 0; w < kWarps; w++) {
      total += sums()[w];
    }
    return total;
  }

  GT_DEVICE void accumulate(const Rows& rows, int lo, int hi, int n) {
    for (int i = thread(); i < session.parameters; i += Threads) {
      memory_[gradient_ + i] = 0;
    }
    float scale = static_cast<float>(1.0 / (static_cast<double>(n) * session.widths[session.layers]));
    double total = 0;
    for (int begin = lo; begin < hi; begin += kRows) {
      forward(rows, begin, hi, true);
      total += output_gradient(rows, begin, hi, scale);
      sync_block();
      for (int l = session.layers - 1; l >= 0; l--) {
        const float* delta = memory_ + delta_of(l);
        add_weight_gradients(place_[l], delta);
        add_bias_gradients(place_[l], delta);
        if (l > 0) {
          gradient_below(place_[l], delta);
        }
        sync_block();
      }
    }
    sum_over_warps(total, sums());
  }

  GT_DEVICE double squares(const Rows& rows, int lo, int hi, int /*n*/) {
    double total = 0;
    for (int begin = lo; begin < hi; begin += kRows) {
      forward(rows, begin, hi, false);
      total += squared_errors(rows, begin, hi);
    }
    sum_over_warps(total, sums());
    return loss();
  }

  // Outputs [rows, outputs] of positions lo..hi.
  GT_DEVICE void predict(const Rows& rows, int lo, int hi, float* to) {
    int outputs = session.widths[session.layers];
    for (int begin = lo; begin < hi; begin += kRows) {
      forward(rows, begin, hi, false);
      for (int i = thread(); i < outputs * kRows; i += Threads) {
        int r = i / outputs;
        if (begin + r < hi) {
          to[static_cast<int64_t>(begin + r) * outputs + i % outputs] =
              memory_[outputs_ + i % outputs * kRowStride + r];
        }
      }
    }
  }

  // Gradient [rows, inputs] of sum_k weights[k] y_k by the inputs, for positions lo..hi.
  GT_DEVICE void input_gradient(const Rows& rows, int lo, int hi, const float* weights, float* to) {
    const LayerPlace& first = place_[0];
    for (int begin = lo; begin < hi; begin += kRows) {
      forward(rows, begin, hi, true);
      for (int i = thread(); i < session.widths[session.layers] * kRows; i += Threads) {
        memory_[outputs_ + i / kRows * kRowStride + i % kRows] = weights[i / kRows];
      }
      sync_block();
      for (int l = session.layers - 1; l > 0; l--) {
        gradient_below(place_[l], memory_ + delta_of(l));
        sync_block();
      }
      const float* d = memory_ + delta_of(0);
      for (int i = thread(); i < first.in * kRows; i += Threads) {
        int r = i / first.in;
        int k = i % first.in;
        float sum = 0;
        for (int n = 0; n < first.out; n++) {
          sum = multiply_add(d[n * kRowStride + r], memory_[first.weights + n * first.stride + k], sum);
        }
        if (begin + r < hi) {
          to[static_cast<int64_t>(begin + r) * first.in + k] = sum;
        }
      }
    }
  }

 private:
  GT_DEVICE double* sums() const { return reinterpret_cast<double*>(memory_ + kPlaceFloats); }

  // The layer of parameter *i, which becomes the index within the layer.
  GT_DEVICE const LayerPlace& layer_of(int* i) const {
    int l = 0;
    while (l + 1 < session.layers && *i >= place_[l + 1].flat) {
      l++;
    }
    *i -= place_[l].flat;
    return place_[l];
  }
  GT_DEVICE void store(float* memory, int i, float value) const {
    const LayerPlace& layer = layer_of(&i);
    int weights = layer.out * layer.in;
    if (i >= weights) {
      memory[layer.bias + i - weights] = value;
      return;
    }
    int n = i / layer.in;
    int k = i % layer.in;
    memory[layer.weights + n * layer.stride + k] = value;
    if (layer.flat > 0) {
      memory[layer.back + k * layer.back_stride + n] = value;
    }
  }

  // sum[c][r] = sum over k < `ks` of a[k][row + r] b[column + c kColumnGroups][k]; a column beyond the last repeats
  // `column`.
  GT_DEVICE static void product(const float* a, const float* b, int stride, int ks, bool second, float (&sum)[2][4]) {
    const float* other = second ? b + kColumnGroups * stride : b;
    for (int k = 0; k < ks; k += 4) {
      Float4 w0 = load4(b + k);
      Float4 w1 = load4(other + k);
      const float u[2][4] = {{w0.x, w0.y, w0.z, w0.w}, {w1.x, w1.y, w1.z, w1.w}};
      GT_UNROLL
      for (int j = 0; j < 4; j++) {
        Float4 x = load4(a + (k + j) * kRowStride);
        GT_UNROLL
        for (int c = 0; c < 2; c++) {
          sum[c][0] = multiply_add(x.x, u[c][j], sum[c][0]);
          sum[c][1] = multiply_add(x.y, u[c][j], sum[c][1]);
          sum[c][2] = multiply_add(x.z, u[c][j], sum[c][2]);
          sum[c][3] = multiply_add(x.w, u[c][j], sum[c][3]);
        }
      }
    }
  }

  // Calls f(column, second column there, sums) for this thread's columns of a product with `columns` columns.
  template <class F>
  GT_DEVICE static void columns_of(const float* a, const float* b, int stride, int ks, int columns, F f) {
    a += 4 * (thread() % kRowGroups);
    for (int column = thread() / kRowGroups; column < columns; column += 2 * kColumnGroups) {
      bool second = column + kColumnGroups < columns;
      float sum[2][4] = {};
      product(a, b + column * stride, stride, ks, second, sum);
      f(column, sum[0]);
      if (second) {
        f(column + kColumnGroups, sum[1]);
      }
    }
  }

  // Outputs of the rows begin ... of the tile; rows from hi on repeat the last one.
  GT_DEVICE void forward(const Rows& rows, int begin, int hi, bool slopes) {
    int r = thread() % kRows;
    int position = begin + r < hi ? begin + r : hi - 1;
    int inputs = place_[0].in;
    const float* from = session.inputs + static_cast<int64_t>(rows.at(position)) * inputs;
    for (int k = thread() / kRows; k < inputs; k += Threads / kRows) {
      memory_[place_[0].value + k * kRowStride + r] = from[k];
    }
    sync_block();
    int own = 4 * (thread() % kRowGroups);
    for (int l = 0; l < session.layers; l++) {
      const LayerPlace& layer = place_[l];
      bool last = l == session.layers - 1;
      int value_to = last ? outputs_ : place_[l + 1].value;
      int slope_to = last ? 0 : place_[l + 1].slope;
      columns_of(memory_ + layer.value, memory_ + layer.weights, layer.stride, ceiling(layer.in, 4) * 4, layer.out,
                 [&](int column, const float(&sum)[4]) {
                   float bias = memory_[layer.bias + column];
                   float value[4], slope[4];
                   GT_UNROLL
                   for (int i = 0; i < 4; i++) {
                     value[i] = sum[i] + bias;
                     if (!last) {
                       activate_any(session.activation, value[i], &value[i], &slope[i]);
                     }
                   }
                   int at = column * kRowStride + own;
                   store4(memory_ + value_to + at, {value[0], value[1], value[2], value[3]});
                   if (!last && slopes) {
                     store4(memory_ + slope_to + at, {slope[0], slope[1], slope[2], slope[3]});
                   }
                 });
      sync_block();
    }
  }

  // Turns the outputs into the gradient of the loss by them; returns this thread's losses.
  GT_DEVICE double output_gradient(const Rows& rows, int begin, int hi, float scale) const {
    int outputs = session.widths[session.layers];
    double total = 0;
    for (int i = thread(); i < outputs * kRows; i += Threads) {
      int j = i / kRows;
      int r = i % kRows;
      float* y = memory_ + outputs_ + j * kRowStride + r;
      float slope = 0;
      if (begin + r < hi) {
        float target = session.targets[static_cast<int64_t>(rows.at(begin + r)) * outputs + j];
        total += static_cast<double>(loss_of(session.loss, huber_delta_, *y - target, &slope));
        slope *= scale;
      }
      *y = slope;
    }
    return total;
  }

  GT_DEVICE double squared_errors(const Rows& rows, int begin, int hi) const {
    int outputs = session.widths[session.layers];
    double total = 0;
    for (int r = thread(); r < kRows && begin + r < hi; r += Threads) {
      const double* target = session.exact_targets + static_cast<int64_t>(rows.at(begin + r)) * outputs;
      double error = 0;
      for (int j = 0; j < outputs; j++) {
        double y = static_cast<double>(memory_[outputs_ + j * kRowStride + r]);
        error += session.output_weights[j] * (y - target[j]);
      }
      total += error * error;
    }
    return total;
  }

  // Where the gradient by the sums of layer l is kept, [out][row].
  GT_DEVICE int delta_of(int l) const { return l == session.layers - 1 ? outputs_ : place_[l + 1].slope; }

  GT_DEVICE void add_bias_gradients(const LayerPlace& layer, const float* delta) const {
    float* biases = memory_ + gradient_ + layer.flat + layer.out * layer.in;
    for (int n = thread(); n < layer.out; n += Threads) {
      float sum = 0;
      GT_UNROLL
      for (int r = 0; r < kRows; r += 4) {
        Float4 x = load4(delta + n * kRowStride + r);
        sum += (x.x + x.y) + (x.z + x.w);
      }
      biases[n] += sum;
    }
  }

  // Turns the slopes of the layer's inputs into the gradient by the sums before them.
  GT_DEVICE void gradient_below(const LayerPlace& layer, const float* delta) const {
    int own = 4 * (thread() % kRowGroups);
    columns_of(delta, memory_ + layer.back, layer.back_stride, ceiling(layer.out, 4) * 4, layer.in,
               [&](int column, const float(&sum)[4]) {
                 float* at = memory_ + layer.slope + column * kRowStride + own;
                 Float4 s = load4(at);
                 store4(at, {sum[0] * s.x, sum[1] * s.y, sum[2] * s.z, sum[3] * s.w});
               });
  }

  // Blocks of up to 4 by 4 entries: ks k + i (k count / 4) so that neighbouring threads read neighbouring features.
  GT_DEVICE void add_weight_gradients(const LayerPlace& layer, const float* d) const {
    float* gradient = memory_ + gradient_ + layer.flat;
    int k_step = ceiling(layer.in, 4);
    int n_step = ceiling(layer.out, 4);
    const float* a = memory_ + layer.value;
    for (int item = thread(); item < k_step * n_step; item += Threads) {
      int k = item % k_step;
      int n = item / k_step;
      float sum[4][4] = {};
      for (int row = 0; row < kRows; row += 4) {
        Float4 x[4];
        GT_UNROLL
        for (int i = 0; i < 4; i++) {
          x[i] = load4(a + (k + i * k_step) * kRowStride + row);
        }
        GT_UNROLL
        for (int j = 0; j < 4; j++) {
          Float4 y = load4(d + (n + j * n_step) * kRowStride + row);
          GT_UNROLL
          for (int i = 0; i < 4; i++) {
            sum[j][i] = multiply_add(x[i].x, y.x, sum[j][i]);
            sum[j][i] = multiply_add(x[i].y, y.y, sum[j][i]);
            sum[j][i] = multiply_add(x[i].z, y.z, sum[j][i]);
            sum[j][i] = multiply_add(x[i].w, y.w, sum[j][i]);
          }
        }
      }
      GT_UNROLL
      for (int j = 0; j < 4; j++) {
        GT_UNROLL
        for (int i = 0; i < 4; i++) {
          if (n + j * n_step < layer.out && k + i * k_step < layer.in) {
            gradient[(n + j * n_step) * layer.in + k + i * k_step] += sum[j][i];
          }
        }
      }
    }
  }

  const gt_cuda_session& session;
  float* memory_;
  LayerPlace* place_;
  float huber_delta_;
  int outputs_ = 0, gradient_ = 0;
};

}  // namespace gputrain::device
