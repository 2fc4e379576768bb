// Trains networks that do not fit shared memory, layer by layer: every layer's product is cut into tiles, which are
// dealt over all blocks of the team, and the team meets between layers. Parameters stay in global memory.
//
// A step of L layers, up to kMostRows rows at a time; all blocks meet after each line:
//   forward of layer 1 .. L   values and slopes of the layer; of the last, the gradient of the loss by the outputs
//   backward of layer L .. 2  gradient by the sums of the layer before, in place of the slopes
//   gradients of all layers   rows cut into a few parts, so that there are tiles enough for all blocks
//   update                    adds the parts in order (driver.h)
// That is 2 L + 1 meetings a step.
#pragma once

#include "activation.h"
#include "driver.h"
#include "loss.h"
#include "product.h"
#include "strides.h"

namespace gputrain::device {

struct LayeredTile;

struct LayeredTeam : GridTeam<LayeredTile> {
  using Base = GridTeam<LayeredTile>;
  using Base::Base;
  GT_DEVICE void meet_all() { wait(); }
  GT_DEVICE double reduce(LayeredTile& tile);
  GT_DEVICE float gradient(const LayeredTile& tile, int i) const;
  GT_DEVICE void published(LayeredTile&, gt_cuda_replica&) { wait(); }
};

struct LayeredTile {
  static constexpr int kThreads = Product::kThreads;
  static constexpr int kRows = Product::kSide;
  static constexpr int kMostRows = 2048;
  static constexpr int kMostParts = 4;
  static constexpr int kWarps = kThreads / 32;
  // Of shared memory: the product's, the rows of two tiles, a sum of each warp.
  static constexpr int kFloats = Product::kFloats + 2 * kRows + 2 * kWarps;

  // Floats of global memory of a team: inputs, values and slopes of the hidden layers, outputs, gradients.
  GT_DEVICE static int64_t workspace_floats(const gt_cuda_session& s) {
    int64_t each = s.widths[0] + s.widths[s.layers];
    for (int l = 1; l < s.layers; l++) {
      each += 2 * static_cast<int64_t>(s.widths[l]);
    }
    return kMostRows * each + kMostParts * ((static_cast<int64_t>(s.parameters) + 3) / 4 * 4);
  }

  GT_DEVICE LayeredTile(const gt_cuda_session& s, float* memory)
      : session(s), memory_(memory), huber_delta_(static_cast<float>(s.huber_delta)) {}

  // Before anything else: who works together, and on what.
  GT_DEVICE void join(LayeredTeam& team, const gt_cuda_replica& replica) {
    team_ = &team;
    parameters_ = replica.parameters;
    workspace_ = session.workspace + team.index * workspace_floats(session);
    int64_t hidden = 0;
    for (int l = 1; l < session.layers; l++) {
      hidden += session.widths[l];
    }
    inputs_ = workspace_;
    outputs_ = inputs_ + static_cast<int64_t>(kMostRows) * session.widths[0];
    hidden_ = outputs_ + static_cast<int64_t>(kMostRows) * session.widths[session.layers];
    slopes_ = kMostRows * hidden;
    gradient_ = hidden_ + 2 * slopes_;
    parts_ = parts();
  }

  GT_DEVICE void clear() {}
  GT_DEVICE void set(int, float) {}
  GT_DEVICE float get(int i) const { return load_shared_by_all(parameters_ + i); }
  GT_DEVICE float gradient(int i, int) const {
    float total = load_shared_by_all(gradient_ + i);
    for (int p = 1; p < parts_; p++) {
      total += load_shared_by_all(gradient_ + p * static_cast<int64_t>(session.parameters) + i);
    }
    return total;
  }
  // Of this block's tiles.
  GT_DEVICE double loss() const {
    double total = 0;
    for (int w = 0; w < kWarps; w++) {
      total += sums()[w];
    }
    return total;
  }

  GT_DEVICE void accumulate(const Rows& rows, int, int, int n) {
    float scale = static_cast<float>(1.0 / (static_cast<double>(n) * session.widths[session.layers]));
    double total = 0;
    for (int begin = 0; begin < n; begin += kMostRows) {
      int count = n - begin < kMostRows ? n - begin : kMostRows;
      if (begin > 0) {
        team_->meet_all();
      }
      total += forward_all<true>(rows, begin, count, scale);
      for (int l = session.layers - 1; l > 0; l--) {
        backward(l, count);
        team_->meet_all();
      }
      gradients(count, begin == 0);
    }
    sum_over_warps(total, sums());
  }

  GT_DEVICE double squares(const Rows& rows, int, int, int n) {
    int outputs = session.widths[session.layers];
    int workers = team_->blocks() * kThreads;
    double total = 0;
    for (int begin = 0; begin < n; begin += kMostRows) {
      int count = n - begin < kMostRows ? n - begin : kMostRows;
      if (begin > 0) {
        team_->meet_all();
      }
      forward_all<false>(rows, begin, count, 0);
      for (int r = team_->rank() * kThreads + thread(); r < count; r += workers) {
        const double* target = session.exact_targets + static_cast<int64_t>(rows.at(begin + r)) * outputs;
        const float* y = outputs_ + static_cast<int64_t>(r) * outputs;
        double error = 0;
        for (int j = 0; j < outputs; j++) {
          error += session.output_weights[j] * (static_cast<double>(load_shared_by_all(y + j)) - target[j]);
        }
        total += error * error;
      }
    }
    sum_over_warps(total, sums());
    return loss();
  }

 private:
  // A layer: its weights [out, in] in the flat vector, its inputs [row, in], and [row, out] what becomes the gradient
  // by its sums.
  struct Layer {
    int in, out;
    int flat;
    float* from;
    float* to;     // values; of the last layer the outputs
    float* slope;  // of the last layer the outputs too
  };

  GT_DEVICE Layer layer(int index) const {
    int flat = 0;
    int64_t before = 0;  // widths of the hidden layers before this one's inputs
    for (int l = 0; l < index; l++) {
      flat += session.widths[l + 1] * (session.widths[l] + 1);
      before += l > 0 ? session.widths[l] : 0;
    }
    int in = session.widths[index];
    bool last = index == session.layers - 1;
    float* from = index == 0 ? inputs_ : hidden_ + kMostRows * before;
    float* to = last ? outputs_ : hidden_ + kMostRows * (before + (index == 0 ? 0 : in));
    return {in, session.widths[index + 1], flat, from, to, last ? outputs_ : to + slopes_};
  }

  // Parts of the rows whose gradients are formed apart: those that leave the blocks idle least.
  GT_DEVICE int parts() const {
    int tiles = 0;
    for (int l = 0; l < session.layers; l++) {
      tiles += ceiling(session.widths[l + 1], kRows) * ceiling(session.widths[l] + 1, kRows);
    }
    int best = 1;
    for (int p = 2; p <= kMostParts; p++) {
      // ceil(tiles p / blocks) / p is the time in units of a tile of all rows.
      if (ceiling(tiles * p, team_->blocks()) * best < ceiling(tiles * best, team_->blocks()) * p) {
        best = p;
      }
    }
    return best;
  }

  GT_DEVICE double* sums() const { return reinterpret_cast<double*>(memory_ + Product::kFloats); }
  // Rows of the data set of the tile; the last tile's are elsewhere, because some threads may still need them.
  GT_DEVICE int* tile_rows() const { return reinterpret_cast<int*>(memory_ + Product::kFloats + 2 * kWarps) + side_; }

  // Rows begin .. begin + count through the network; meets after every layer. Returns this thread's losses.
  template <bool train>
  GT_DEVICE double forward_all(const Rows& rows, int begin, int count, float scale) {
    double total = 0;
    for (int l = 0; l < session.layers; l++) {
      total += forward<train>(l, rows, begin, count, scale);
      team_->meet_all();
    }
    return total;
  }

  template <bool train>
  GT_DEVICE_CALL double forward(int index, const Rows& rows, int begin, int count, float scale) {
    Layer at = layer(index);
    const float* weights = parameters_ + at.flat;
    const float* bias = weights + static_cast<int64_t>(at.out) * at.in;
    bool last = index == session.layers - 1;
    double total = 0;
    int row_tiles = ceiling(count, kRows);
    int items = row_tiles * ceiling(at.out, kRows);
    for (int item = team_->rank(); item < items; item += team_->blocks()) {
      int r0 = item % row_tiles * kRows;
      int n0 = item / row_tiles * kRows;
      side_ ^= kRows;
      if ((index == 0 || last) && thread() < kRows && r0 + thread() < count) {
        tile_rows()[thread()] = rows.at(begin + r0 + thread());
      }
      float sum[Product::kRows][Product::kColumns];
      auto w = [&](int k, int n) {
        return n0 + n < at.out ? load_shared_by_all(weights + static_cast<int64_t>(n0 + n) * at.in + k) : 0.0F;
      };
      if (index == 0) {
        sync_block();
        if (train && n0 == 0) {
          gather(at.in, r0, count);
        }
        auto x = [&](int k, int r) {
          return r0 + r < count ? session.inputs[static_cast<int64_t>(tile_rows()[r]) * at.in + k] : 0.0F;
        };
        Product::tile<true, true>(memory_, buffer_, at.in, x, w, sum);
      } else {
        auto x = [&](int k, int r) {
          return r0 + r < count ? load_shared_by_all(at.from + static_cast<int64_t>(r0 + r) * at.in + k) : 0.0F;
        };
        Product::tile<true, true>(memory_, buffer_, at.in, x, w, sum);
      }
      each(r0, n0, count, at.out, sum, [&](int r, int n, float value) {
        value += load_shared_by_all(bias + n);
        int64_t place = static_cast<int64_t>(r) * at.out + n;
        float slope = 0;
        if (!last) {
          activate_any(session.activation, value, &value, &slope);
          if (train) {
            at.slope[place] = slope;
          }
        } else if (train) {
          float target = session.targets[static_cast<int64_t>(tile_rows()[r - r0]) * at.out + n];
          total += static_cast<double>(loss_of(session.loss, huber_delta_, value - target, &slope));
          value = slope * scale;
        }
        at.to[place] = value;
      });
    }
    return total;
  }

  // The rows of a tile, so that the gradients find them side by side.
  GT_DEVICE void gather(int width, int r0, int count) const {
    for (int i = thread(); i < kRows * width; i += kThreads) {
      int r = i / width;
      if (r0 + r < count) {
        inputs_[static_cast<int64_t>(r0 + r) * width + i % width] =
            session.inputs[static_cast<int64_t>(tile_rows()[r]) * width + i % width];
      }
    }
  }

  // From the gradient by the sums of a layer to that of the one before.
  GT_DEVICE_CALL void backward(int index, int count) {
    Layer at = layer(index);
    float* below = layer(index - 1).slope;
    const float* weights = parameters_ + at.flat;
    int row_tiles = ceiling(count, kRows);
    int items = row_tiles * ceiling(at.in, kRows);
    for (int item = team_->rank(); item < items; item += team_->blocks()) {
      int r0 = item % row_tiles * kRows;
      int k0 = item / row_tiles * kRows;
      float sum[Product::kRows][Product::kColumns];
      auto d = [&](int n, int r) {
        return r0 + r < count ? load_shared_by_all(at.slope + static_cast<int64_t>(r0 + r) * at.out + n) : 0.0F;
      };
      auto w = [&](int n, int k) {
        return k0 + k < at.in ? load_shared_by_all(weights + static_cast<int64_t>(n) * at.in + k0 + k) : 0.0F;
      };
      Product::tile<true, false>(memory_, buffer_, at.out, d, w, sum);
      each(r0, k0, count, at.in, sum, [&](int r, int k, float value) {
        float* to = below + static_cast<int64_t>(r) * at.in + k;
        *to = value * load_shared_by_all(to);
      });
    }
  }

  // Gradients by weights and, as the column of an input that is always 1, biases.
  GT_DEVICE_CALL void gradients(int count, bool first) {
    int item = team_->rank();
    for (int l = 0; l < session.layers; l++) {
      Layer at = layer(l);
      int n_tiles = ceiling(at.out, kRows);
      int tiles = n_tiles * ceiling(at.in + 1, kRows);
      for (; item < tiles * parts_; item += team_->blocks()) {
        int part = item / tiles;
        int n0 = item % tiles % n_tiles * kRows;
        int k0 = item % tiles / n_tiles * kRows;
        int r0 = share(count, part, parts_);
        float sum[Product::kRows][Product::kColumns];
        auto d = [&](int r, int n) {
          return n0 + n < at.out ? load_shared_by_all(at.slope + static_cast<int64_t>(r0 + r) * at.out + n0 + n) : 0.0F;
        };
        auto x = [&](int r, int k) {
          return k0 + k < at.in    ? load_shared_by_all(at.from + static_cast<int64_t>(r0 + r) * at.in + k0 + k)
                 : k0 + k == at.in ? 1.0F
                                   : 0.0F;
        };
        Product::tile<false, false>(memory_, buffer_, share(count, part + 1, parts_) - r0, d, x, sum);
        float* to = gradient_ + part * static_cast<int64_t>(session.parameters) + at.flat;
        each(n0, k0, at.out, at.in + 1, sum, [&](int n, int k, float value) {
          int64_t place = k < at.in ? static_cast<int64_t>(n) * at.in + k : static_cast<int64_t>(at.out) * at.in + n;
          // The same thread's of the rows before.
          to[place] = first ? value : to[place] + value;
        });
      }
      item -= tiles * parts_;
    }
  }

  // f(row, column, sum) for this thread's part of the tile at (r0, c0), as far as it is inside.
  template <class F>
  GT_DEVICE static void each(int r0, int c0, int rows, int columns,
                             const float (&sum)[Product::kRows][Product::kColumns], const F& f) {
    GT_UNROLL
    for (int i = 0; i < Product::kRows; i++) {
      GT_UNROLL
      for (int j = 0; j < Product::kColumns; j++) {
        int r = r0 + Product::row(i);
        int c = c0 + Product::column(j);
        if (r < rows && c < columns) {
          f(r, c, sum[i][j]);
        }
      }
    }
  }

  const gt_cuda_session& session;
  float* memory_;
  float huber_delta_;
  LayeredTeam* team_ = nullptr;
  const float* parameters_ = nullptr;
  float* workspace_ = nullptr;
  float* inputs_ = nullptr;
  float* outputs_ = nullptr;
  float* hidden_ = nullptr;    // values of the hidden layers, one after another
  int64_t slopes_ = 0;         // from there to the slopes
  float* gradient_ = nullptr;  // [parts, parameters]
  int parts_ = 1;
  int buffer_ = 0;  // of the product
  int side_ = 0;
};

GT_DEVICE double LayeredTeam::reduce(LayeredTile& tile) {
  publish_loss(tile.loss());
  wait();
  return total_loss();
}
GT_DEVICE float LayeredTeam::gradient(const LayeredTile& tile, int i) const { return tile.gradient(i, 0); }

}  // namespace gputrain::device
