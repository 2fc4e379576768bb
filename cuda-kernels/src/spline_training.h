// What the driver of epochs needs to train a spline network: the tile with the parameters, and the blocks that share
// the rows of a replica.
//
// Every block of a team has the replica's whole state in its part of the workspace and moves it by the same arithmetic,
// so that nothing but sums over rows crosses blocks, once an evaluation, twice with a penalty.
#pragma once

#include "lbfgs.h"
#include "tile_splines.h"

namespace gputrain::device {

struct SplineTeam {
  using Number = double;
  using Session = gt_spline_session;
  using Replica = gt_spline_replica;
  static constexpr bool kMomentsInPlace = true;
  static constexpr int kSlices = 1;
  GT_CONSTEXPR static int scratch_floats(int /*parameters*/, int /*block_threads*/) { return 0; }

  GT_DEVICE SplineTeam(const gt_spline_session& s, int blocks, double* /*scratch*/)
      : index(block() / blocks),
        slice_end(s.parameters),
        session_(s),
        rank_(block() % blocks),
        blocks_(blocks),
        partial_(s.partial + static_cast<int64_t>(index) * 2 * blocks * s.partial_doubles) {}

  GT_DEVICE int rank() const { return rank_; }
  GT_DEVICE int blocks() const { return blocks_; }

  // Values of all blocks, added in their order; behind a barrier of the block.
  GT_DEVICE void add_over_blocks(double* values, int n) {
    if (blocks_ == 1) {
      return;
    }
    // Two buffers in turns: the one of two rounds ago is read by nobody after the meeting in between.
    double* from = partial_ + static_cast<int64_t>(round_ & 1) * blocks_ * session_.partial_doubles;
    double* mine = from + rank_ * session_.partial_doubles;
    for (int i = thread(); i < n; i += threads()) {
      mine[i] = values[i];
    }
    wait();
    for (int i = thread(); i < n; i += threads()) {
      double sum = 0;
      for (int b = 0; b < blocks_; b++) {
        sum += load_shared_by_all(from + b * session_.partial_doubles + i);
      }
      values[i] = sum;
    }
    sync_block();
  }

  GT_DEVICE void wait() {
    if (blocks_ > 1) {
      round_++;
      meet(session_.arrivals + 32 * static_cast<int64_t>(index), round_ * static_cast<uint32_t>(blocks_));
    }
  }

  GT_DEVICE double sum(double mine) {
    if (blocks_ == 1) {
      return mine;
    }
    double* from = partial_ + static_cast<int64_t>(round_ & 1) * blocks_ * session_.partial_doubles;
    if (thread() == 0) {
      from[rank_ * session_.partial_doubles] = mine;
    }
    wait();
    double sum = 0;
    for (int b = 0; b < blocks_; b++) {
      sum += load_shared_by_all(from + b * session_.partial_doubles);
    }
    return sum;
  }
  // After accumulate(): the team's loss, and from then on the tile's gradient().
  template <class Tile>
  GT_DEVICE double collect(Tile& tile) {
    add_over_blocks(tile.total(), tile.plan.sums + 1);
    return tile.loss();
  }
  template <class Tile>
  GT_DEVICE double reduce(Tile& tile) {
    double loss = collect(tile);
    tile.keep_gradient();
    return loss;
  }
  template <class Tile>
  GT_DEVICE double gradient(const Tile& tile, int i) const {
    return tile.kept_gradient(i);
  }
  template <class Tile>
  GT_DEVICE static bool trains(const Tile& tile, int i) {
    return tile.trains(i);
  }
  template <class Tile>
  GT_DEVICE void publish(Tile& tile, gt_spline_replica&, int i, double value) {
    tile.set(i, value);
  }
  template <class Tile>
  GT_DEVICE void published(Tile&, gt_spline_replica&) {
    sync_block();
  }

  int index;  // of the team in the grid
  int slice_begin = 0, slice_end;

 private:
  const gt_spline_session& session_;
  int rank_, blocks_;
  double* partial_;
  uint32_t round_ = 0;
};

// Shared: whether the tile is in shared memory, else in the workspace.
template <int Order, bool Shared>
struct TrainedSplines : SplineTile<Order> {
  using Base = SplineTile<Order>;

  GT_DEVICE TrainedSplines(const gt_spline_session& s, double* memory)
      : Base(s, Shared ? memory : s.workspace + s.workspace_doubles * block() + SplineWorkspace(s).tile) {}

  // kept: [parameters], for keep_gradient().
  GT_DEVICE void join(SplineTeam& team, double* kept) {
    team_ = &team;
    kept_gradient_ = kept;
  }
  // From now on these are the parameters.
  GT_DEVICE void move_to(double* point) {
    point_ = point;
    this->parameters = point;
  }

  GT_DEVICE void clear() {}
  GT_DEVICE void set(int i, double value) { point_[i] = value; }
  GT_DEVICE double get(int i) const { return point_[i]; }
  // A parameter's gradient depends on other parameters, so it is complete before the first of them changes.
  GT_DEVICE void keep_gradient() {
    for (int i = thread(); i < this->session.parameters; i += threads()) {
      kept_gradient_[i] = this->gradient(i);
    }
    sync_block();
  }
  GT_DEVICE double kept_gradient(int i) const { return kept_gradient_[i]; }
  // Of the whole team after SplineTeam::collect().
  GT_DEVICE double loss() const { return this->total()[this->plan.sums]; }

  GT_DEVICE void accumulate(const Rows& rows, int lo, int hi, int n) {
    this->prepare();
    double scale = 1.0 / (static_cast<double>(n) * this->session.widths[this->session.layers]);
    typename Base::Pass pass = {rows, lo, hi, scale, nullptr, nullptr};
    if (this->penalised()) {
      Base::take(*this, Base::kSizes, pass);
      sync_block();
      this->add_warps(this->plan.edges);
      team_->add_over_blocks(this->total(), this->plan.edges);
      this->weigh(n);
    }
    double loss = this->block_sum(Base::take(*this, Base::kGradient, pass));
    if (thread() == 0) {
      this->total()[this->plan.sums] = loss;
    }
    this->add_warps(this->plan.sums);
  }

  GT_DEVICE double squares(const Rows& rows, int lo, int hi, int /*n*/) {
    this->prepare();
    return this->block_sum(Base::take(*this, Base::kSquares, {rows, lo, hi, 0, nullptr, nullptr}));
  }

 private:
  SplineTeam* team_ = nullptr;
  double* point_ = nullptr;
  double* kept_gradient_ = nullptr;
};

template <int Order, bool Shared>
struct SplineTraining : Driver<TrainedSplines<Order, Shared>, SplineTeam, Lbfgs> {
  using Base = Driver<TrainedSplines<Order, Shared>, SplineTeam, Lbfgs>;
  using Base::Base;

  GT_DEVICE void run(int64_t epochs) {
    const gt_spline_session& s = this->session;
    SplineWorkspace at(s);
    double* own = s.workspace + s.workspace_doubles * block();
    this->first = own + at.first;
    this->second = own + at.second;
    for (int64_t i = thread(); i < at.moment; i += threads()) {
      this->first[i] = this->replica.first_moment[i];
      this->second[i] = this->replica.second_moment[i];
    }
    this->tile.join(this->team, own + at.gradient);
    this->tile.parameters = this->replica.parameters;
    this->tile.begin();
    this->tile.keep_first_layer(this->replica.rows, this->replica.set_begin[s.row_sets], own + at.table,
                                reinterpret_cast<int32_t*>(own + at.intervals));
    this->tile.move_to(own);
    if (s.optimizer == GT_LBFGS) {
      this->minimiser.begin(this->tile, this->replica.weight_decay, own, own + at.minimiser, this->first, this->second);
    }
    // Others may still read what the first block writes at the end.
    this->team.wait();
    Base::run(epochs);
    if (this->team.rank() == 0) {
      store_moments(at.moment);
    }
  }

 private:
  GT_DEVICE void store_moments(int64_t moment) {
    bool minimises = this->session.optimizer == GT_LBFGS;
    int n = this->session.parameters;
    for (int64_t i = thread(); i < moment; i += threads()) {
      int64_t from = minimises ? this->minimiser.kept(static_cast<int>(i / n)) * n + i % n : i;
      this->replica.first_moment[i] = from < 0 ? 0 : this->first[from];
      this->replica.second_moment[i] = from < 0 ? 0 : this->second[from];
    }
  }
};

}  // namespace gputrain::device
