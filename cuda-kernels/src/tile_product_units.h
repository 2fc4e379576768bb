// Takes rows through a network of product units, y = sum_k c_k exp(sum_j E_kj log z_j) + d with z = W x + b, or z = x
// without linear units; real, or complex with real rows. Real networks take log max(guard, z), complex ones the
// principal branch of the logarithm with |z| no smaller than the guard.
//
// The block carries a tile of rows together; a thread has 4 rows of some columns in each product, fed by 16-byte loads.
// Complex arrays are two planes of real numbers, so that a complex multiply-add is 4 real ones on registers. With g_w
// = dL/dRe w + i dL/dIm w the way back multiplies by conjugates: g_z = conj(f'(z)) g_f for a holomorphic f.
//
// Activations are [feature][row], rows contiguous, weights [column][k] (see tile_two_hidden.h); gradients are added to
// memory tile by tile, each entry by one thread.
#pragma once

#include "complex_rows.h"
#include "driver.h"
#include "loss.h"
#include "plane_products.h"
#include "product_unit_plan.h"

namespace gputrain::device {

// Shared: whether the memory is shared memory, else global.
template <class Shape, bool Shared = true>
struct ProductUnitTile : private PlaneProducts<Shape::kPlanes, Shape::kThreads, Shape::kRows> {
  using Products = PlaneProducts<Shape::kPlanes, Shape::kThreads, Shape::kRows>;
  static constexpr int kPlanes = Shape::kPlanes;
  static constexpr int kThreads = Shape::kThreads;
  static constexpr int kRows = Shape::kRows;
  static constexpr int kWarps = kThreads / 32;

  GT_DEVICE ProductUnitTile(const gt_cuda_session& s, float* memory)
      : session(s),
        shape_(s),
        memory_(memory),
        huber_delta_(static_cast<float>(s.huber_delta)),
        guard_(static_cast<float>(s.guard)) {}

  // Floats of memory that the session's network takes.
  GT_DEVICE static int floats(const gt_cuda_session& s) { return Shape(s).plan().floats; }

  GT_DEVICE void clear() {
    for (int i = thread(); i < shape_.plan().floats; i += kThreads) {
      int at = i - shape_.plan().x;
      bool constant = at >= 0 && at < 2 * shape_.plan().x_floats &&
                      at % shape_.plan().x_floats / kRowStride == shape_.plan().inputs;
      memory_[i] = constant ? 1 : 0;
    }
  }

  GT_DEVICE void set(int i, float value) { store(memory_, i, value); }
  GT_DEVICE void set(int i, float value, int rank) { store(peer(memory_, rank), i, value); }
  GT_DEVICE float get(int i) const { return memory_[shape_.plan().find(i).at]; }
  GT_DEVICE float gradient(int i, int /*unused*/) const { return memory_[shape_.plan().gradient + i]; }
  GT_DEVICE float gradient(int i, int /*unused*/, int rank) const {
    return peer(memory_, rank)[shape_.plan().gradient + i];
  }
  GT_DEVICE double loss() const {
    double total = 0;
    GT_UNROLL
    for (int w = 0; w < kWarps; w++) {
      total += sums()[w];
    }
    return total;
  }

  GT_DEVICE void accumulate(const Rows& rows, int lo, int hi, int n) {
    for (int i = thread(); i < shape_.plan().parameters; i += kThreads) {
      memory_[shape_.plan().gradient + i] = 0;
    }
    float scale = static_cast<float>(1.0 / (static_cast<double>(n) * kPlanes));
    double total = 0;
    each_tile(rows, lo, hi, shape_.plan().inputs + kPlanes, [&](int begin, int buffer) {
      float g[kPlanes][4];
      outputs(g);
      total += output_gradient(begin, hi, buffer, scale, g);
      unit_gradients<true>(g);
      sync_block();
      if (shape_.plan().linear > 0) {
        gradient_below();
      }
      add_exponent_gradients();
      if (shape_.plan().linear > 0) {
        sync_block();
        add_linear_gradients(buffer);
      }
    });
    sum_over_warps(total, sums());
  }

  GT_DEVICE double squares(const Rows& rows, int lo, int hi, int /*n*/) {
    double total = 0;
    each_tile(rows, lo, hi, shape_.plan().inputs, [&](int begin, int) {
      float y[kPlanes][4];
      outputs(y);
      GT_UNROLL
      for (int r = 0; r < 4; r++) {
        int position = begin + 4 * row_group() + r;
        if (position < hi && column_group() == 0) {
          const double* target = session.exact_targets + static_cast<int64_t>(rows.at(position)) * kPlanes;
          double error = 0;
          GT_UNROLL
          for (int j = 0; j < kPlanes; j++) {
            error += session.output_weights[j] * (static_cast<double>(y[j][r]) - target[j]);
          }
          total += error * error;
        }
      }
    });
    sum_over_warps(total, sums());
    return loss();
  }

  // Outputs [rows, outputs] of positions lo..hi.
  GT_DEVICE void predict(const Rows& rows, int lo, int hi, float* to) {
    each_tile(rows, lo, hi, shape_.plan().inputs, [&](int begin, int) {
      float y[kPlanes][4];
      outputs(y);
      GT_UNROLL
      for (int r = 0; r < 4; r++) {
        int position = begin + 4 * row_group() + r;
        GT_UNROLL
        for (int j = 0; j < kPlanes; j++) {
          if (position < hi && column_group() == 0) {
            to[static_cast<int64_t>(position) * kPlanes + j] = y[j][r];
          }
        }
      }
    });
  }

  // Gradient [rows, inputs] of sum_k weights[k] y_k by the inputs, for positions lo..hi.
  GT_DEVICE void input_gradient(const Rows& rows, int lo, int hi, const float* weights, float* to) {
    const ProductUnitPlan& plan = shape_.plan();
    each_tile(rows, lo, hi, plan.inputs, [&](int begin, int) {
      float g[kPlanes][4];
      GT_UNROLL
      for (int j = 0; j < kPlanes; j++) {
        g[j][0] = g[j][1] = g[j][2] = g[j][3] = weights[j];
      }
      unit_gradients<false>(g);
      sync_block();
      gradient_below();
      sync_block();
      for (int i = thread(); i < plan.inputs * kRows && begin + i / plan.inputs < hi; i += kThreads) {
        int k = i % plan.inputs;
        const float* z = memory_ + plan.slope + i / plan.inputs;
        float sum = plan.linear > 0 ? 0 : z[k * kRowStride];
        for (int n = 0; n < kPlanes * plan.linear; n++) {
          int feature = n / plan.linear * plan.padded_logs + n % plan.linear;
          sum = multiply_add(z[feature * kRowStride], memory_[plan.weights + n * plan.linear_stride + k], sum);
        }
        to[static_cast<int64_t>(begin + i / plan.inputs) * plan.inputs + k] = sum;
      }
    });
  }

 private:
  using Products::column_group, Products::row_group, Products::kColumnGroups, Products::kRowGroups,
      Products::kRowStride;

  GT_DEVICE double* sums() const { return reinterpret_cast<double*>(memory_); }
  // This thread's rows of a column of an array of activations.
  GT_DEVICE float* own(int array, int column) const { return memory_ + array + column * kRowStride + 4 * row_group(); }

  GT_DEVICE void store(float* memory, int i, float value) const {
    ProductUnitPlan::Place place = shape_.plan().find(i);
    memory[place.at] = value;
    if (place.back >= 0) {
      memory[place.back] = place.imaginary ? -value : value;
    }
  }

  // Begins to copy a tile's inputs, and with them the targets when `columns` counts them; rows from hi on repeat the
  // last one.
  GT_DEVICE void fetch(const Rows& rows, int begin, int hi, int buffer, int columns) {
    const ProductUnitPlan& plan = shape_.plan();
    int r = thread() % kRows;
    int64_t row = rows.at(begin + r < hi ? begin + r : hi - 1);
    for (int k = thread() / kRows; k < columns; k += kThreads / kRows) {
      bool input = k < plan.inputs;
      const float* from =
          input ? session.inputs + row * plan.inputs + k : session.targets + row * kPlanes + k - plan.inputs;
      float* to = memory_ + (input ? plan.x + buffer * plan.x_floats + k * kRowStride
                                   : plan.targets + (buffer * kPlanes + k - plan.inputs) * kRows);
      if (Shared) {
        copy_async(to + r, from);
      } else {
        to[r] = *from;
      }
    }
  }

  // Takes the rows through the network; calls f(first row, buffer of its inputs) for each tile, which may use
  // everything of it and leaves behind no reader of the inputs of another.
  template <class F>
  GT_DEVICE void each_tile(const Rows& rows, int lo, int hi, int columns, const F& f) {
    int buffer = 0;
    if (lo < hi) {
      fetch(rows, lo, hi, 0, columns);
    }
    GT_NO_UNROLL
    for (int begin = lo; begin < hi; begin += kRows) {
      copies_done();
      sync_block();
      logarithms(buffer);
      sync_block();
      // Nobody reads the other buffer any more.
      if (begin + kRows < hi) {
        fetch(rows, begin + kRows, hi, buffer ^ 1, columns);
      }
      product_units();
      sync_block();
      f(begin, buffer);
      buffer ^= 1;
    }
  }

  // Logarithms of the tile's linear units or inputs.
  GT_DEVICE void logarithms(int buffer) {
    const ProductUnitPlan& plan = shape_.plan();
    int plane = plan.padded_logs * kRowStride;
    auto put = [&](int column, const float(&z)[kPlanes][4]) {
      float value[kPlanes][4], slope[kPlanes][4];
      take_logarithm(guard_, z, value, slope);
      store_rows(value, own(plan.logarithm, column), plane);
      store_rows(slope, own(plan.slope, column), plane);
    };
    int x = plan.x + buffer * plan.x_floats;
    if (plan.linear > 0) {
      Products::template columns_of<1, Shape::kLinearColumns>(memory_ + x, 0, memory_ + plan.weights,
                                                              plan.linear * plan.linear_stride, plan.linear_stride,
                                                              4 * ceiling(plan.inputs + 1, 4), plan.linear, put);
    } else {
      for (int column = column_group(); column < plan.inputs; column += kColumnGroups) {
        float real[1][4];
        load_rows(own(x, column), 0, real);
        float z[kPlanes][4] = {{real[0][0], real[0][1], real[0][2], real[0][3]}};
        put(column, z);
      }
    }
  }

  // Values of the product units, and each warp's share of the outputs.
  GT_DEVICE void product_units() {
    const ProductUnitPlan& plan = shape_.plan();
    float y[kPlanes][4];
    zero(y);
    auto put = [&](int column, const float(&s)[kPlanes][4]) {
      float u[kPlanes][4];
      take_exponential(s, u);
      const float* c = memory_ + plan.coefficients + column;
      add_scaled(c[0], kPlanes == 2 ? c[plan.products] : 0, u, y);
      store_rows(u, own(plan.unit, column), plan.padded_products * kRowStride);
    };
    Products::template columns_of<kPlanes, Shape::kUnitColumns>(
        memory_ + plan.logarithm, plan.padded_logs * kRowStride, memory_ + plan.exponents,
        plan.products * plan.exponent_stride, plan.exponent_stride, plan.padded_logs, plan.products, put);
    GT_UNROLL
    for (int i = 0; i < kPlanes; i++) {
      GT_UNROLL
      for (int r = 0; r < 4; r++) {
        GT_UNROLL
        for (int mask = kRowGroups; mask < 32; mask *= 2) {
          y[i][r] += shuffle_xor(y[i][r], mask);
        }
      }
    }
    if (thread() % 32 < kRowGroups) {
      store_rows(y, memory_ + plan.exchange + thread() / 32 * kPlanes * kRows + 4 * row_group(), kRows);
    }
  }

  // Outputs of this thread's rows.
  GT_DEVICE void outputs(float (&y)[kPlanes][4]) const {
    const ProductUnitPlan& plan = shape_.plan();
    GT_UNROLL
    for (int i = 0; i < kPlanes; i++) {
      y[i][0] = y[i][1] = y[i][2] = y[i][3] = memory_[plan.constant + i];
      GT_UNROLL
      for (int w = 0; w < kWarps; w++) {
        add_outer(load4(memory_ + plan.exchange + (w * kPlanes + i) * kRows + 4 * row_group()), 1, y[i]);
      }
    }
  }

  // Turns the outputs into the gradient of the loss by them; returns this thread's losses.
  GT_DEVICE double output_gradient(int begin, int hi, int buffer, float scale, float (&y)[kPlanes][4]) const {
    float target[kPlanes][4];
    load_rows(memory_ + shape_.plan().targets + buffer * kPlanes * kRows + 4 * row_group(), kRows, target);
    float losses = 0;
    GT_UNROLL
    for (int i = 0; i < kPlanes; i++) {
      GT_UNROLL
      for (int r = 0; r < 4; r++) {
        bool valid = begin + 4 * row_group() + r < hi;
        float slope;
        float value = loss_of(session.loss, huber_delta_, y[i][r] - target[i][r], &slope);
        y[i][r] = valid ? slope * scale : 0;
        losses += valid ? value : 0;
      }
    }
    // Every column group has the same.
    return column_group() == 0 ? static_cast<double>(losses) : 0;
  }

  // Turns this thread's product units u into the gradient by their exponents, conj(c u) g. Training, adds the gradients
  // by the coefficients, conj(u) g, and by the constant.
  template <bool Train>
  GT_DEVICE void unit_gradients(const float (&g)[kPlanes][4]) {
    const ProductUnitPlan& plan = shape_.plan();
    int plane = plan.padded_products * kRowStride;
    float* gradient = memory_ + plan.gradient;
    // All threads of a warp go on together, for the sums.
    GT_NO_UNROLL
    for (int first = thread() / 32 * (32 / kRowGroups); first < plan.products; first += kColumnGroups) {
      int column = first + thread() % 32 / kRowGroups;
      bool inside = column < plan.products;
      float by_c[kPlanes][4];
      zero(by_c);
      if (inside) {
        float u[kPlanes][4], by_s[kPlanes][4];
        load_rows(own(plan.unit, column), plane, u);
        multiply<true>(u, g, by_c);
        const float* c = memory_ + plan.coefficients + column;
        zero(by_s);
        add_scaled(c[0], kPlanes == 2 ? -c[plan.products] : 0, by_c, by_s);
        store_rows(by_s, own(plan.unit, column), plane);
      }
      GT_UNROLL
      for (int i = 0; Train && i < kPlanes; i++) {
        float sum = Products::over_rows(by_c[i]);
        if (inside && row_group() == 0) {
          gradient[plan.flat_coefficients + i * plan.products + column] += sum;
        }
      }
    }
    if (Train && thread() < 32) {
      GT_UNROLL
      for (int i = 0; i < kPlanes; i++) {
        float sum = Products::over_rows(g[i]);
        if (thread() == 0) {
          gradient[plan.flat_constant + i] += sum;
        }
      }
    }
  }

  // The gradient by what the logarithms are taken of, in place of what it is to be multiplied by.
  GT_DEVICE void gradient_below() {
    const ProductUnitPlan& plan = shape_.plan();
    int plane = plan.padded_logs * kRowStride;
    auto put = [&](int column, const float(&g)[kPlanes][4]) {
      float slope[kPlanes][4], by_z[kPlanes][4];
      load_rows(own(plan.slope, column), plane, slope);
      multiply<false>(slope, g, by_z);
      store_rows(by_z, own(plan.slope, column), plane);
    };
    Products::template columns_of<kPlanes, Shape::kBackColumns>(memory_ + plan.unit, plan.padded_products * kRowStride,
                                                                memory_ + plan.back, plan.logs * plan.back_stride,
                                                                plan.back_stride, plan.padded_products, plan.logs, put);
  }

  // From the last thread on, because the first are still busy with gradient_below() when there are few logarithms.
  GT_DEVICE void add_exponent_gradients() {
    const ProductUnitPlan& plan = shape_.plan();
    auto place = [&](int plane, int n, int k) {
      return plan.flat_exponents + (plane * plan.products + n) * plan.logs + k;
    };
    Products::template add_outer_products < kPlanes,
        kRows<32 ? 2 : 4, 2>(kThreads - 1 - thread(), memory_ + plan.gradient, memory_ + plan.unit,
                             plan.padded_products * kRowStride, plan.products, memory_ + plan.logarithm,
                             plan.padded_logs * kRowStride, plan.logs, place);
  }

  // Of the linear weights, and of the biases as the weights of the input that is always 1.
  GT_DEVICE void add_linear_gradients(int buffer) {
    const ProductUnitPlan& plan = shape_.plan();
    auto place = [&](int plane, int n, int k) {
      int row = plane * plan.linear + n;
      return k < plan.inputs ? row * plan.inputs + k : plan.flat_bias + row;
    };
    Products::template add_outer_products<1, 2, 1>(
        thread(), memory_ + plan.gradient, memory_ + plan.slope, plan.padded_logs * kRowStride, plan.linear,
        memory_ + plan.x + buffer * plan.x_floats, 0, plan.inputs + 1, place);
  }

  const gt_cuda_session& session;
  Shape shape_;
  float* memory_;
  float huber_delta_, guard_;
};

}  // namespace gputrain::device
