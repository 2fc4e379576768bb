// How the blocks that train one replica divide the work of a step: each takes a share of the rows, sums of gradients
// and losses are formed in a fixed order, each updates a slice of the parameters and gives it to the others.
#pragma once

#include "device.h"
#include "gputrain/cuda_abi.h"

namespace gputrain::device {

// First of `n` things that belong to part `part` of `parts`.
GT_DEVICE int share(int n, int part, int parts) { return static_cast<int>(static_cast<int64_t>(n) * part / parts); }

// Sums over each warp of a value of each thread; visible to the whole block on return. Whoever read the last sums has
// passed a barrier since, or reads what this leaves as it is: an empty set of rows changes nothing.
GT_DEVICE void sum_over_warps(double mine, double* sums) {
  GT_UNROLL
  for (int mask = 1; mask < 32; mask *= 2) {
    mine += shuffle_xor(mine, mask);
  }
  if (thread() % 32 == 0) {
    sums[thread() / 32] = mine;
  }
  sync_block();
}

// What teams of dense networks and product units are made for.
struct Float32 {
  using Number = float;
  using Session = gt_cuda_session;
  using Replica = gt_cuda_replica;

  // Whether the optimiser changes a parameter.
  template <class Tile>
  GT_DEVICE static bool trains(const Tile&, int /*i*/) {
    return true;
  }
};

// A block's replica to itself.
// kSlices: blocks that update different parameters, 0 for all; kMomentsInPlace: the moments of a slice have one owner
// and stay in global memory.
template <class Tile>
struct SoloTeam : Float32 {
  GT_DEVICE SoloTeam(const gt_cuda_session& session, int /*blocks*/, float* /*scratch*/)
      : index(block()), slice_end(session.parameters) {}

  static constexpr bool kMomentsInPlace = true;
  static constexpr int kSlices = 1;
  GT_CONSTEXPR static int scratch_floats(int /*parameters*/, int /*block_threads*/) { return 0; }
  GT_DEVICE int rank() const { return 0; }
  GT_DEVICE int blocks() const { return 1; }

  // The sum over the team of a value of each block, the same bits in all threads of all blocks.
  GT_DEVICE double sum(double mine) { return mine; }
  // After accumulate(): the team's loss, and from then on gradient() of this block's slice.
  GT_DEVICE double reduce(Tile& tile) { return tile.loss(); }
  GT_DEVICE float gradient(const Tile& tile, int i) const { return tile.gradient(i, 0); }
  // An updated parameter of the slice, and the end of the update: all blocks have all parameters, behind the next
  // barrier of the block at the latest.
  GT_DEVICE void publish(Tile& tile, gt_cuda_replica&, int i, float value) { tile.set(i, value); }
  GT_DEVICE void published(Tile&, gt_cuda_replica&) { sync_block(); }

  int index;  // of the team in the grid
  int slice_begin = 0, slice_end;
};

// Waits until `count` blocks have arrived at a counter since the launch. Global memory that they wrote before is seen
// after.
GT_DEVICE void meet(uint32_t* counter, uint32_t count) {
  sync_block();
  if (thread() == 0) {
    arrive(counter);
    while (static_cast<int32_t>(arrivals(counter) - count) < 0) {
      relax();
    }
  }
  sync_block();
}

// Any number of blocks without clusters. Two meetings a step: one for the gradients, one for the parameters.
//
// Published values alternate between two buffers. A block writes the one of two rounds ago only after the meeting in
// between, for which the others have finished reading.
template <class Tile>
struct GridTeam : Float32 {
  GT_DEVICE GridTeam(const gt_cuda_session& session, int blocks, float* scratch)
      : index(block() / blocks),
        rank_(block() % blocks),
        blocks_(blocks),
        parameters_(session.parameters),
        partial_(session.partial + static_cast<int64_t>(index) * 2 * blocks * session.parameters),
        loss_(session.partial_loss + static_cast<int64_t>(index) * 2 * blocks),
        counter_(session.arrivals + 32 * static_cast<int64_t>(index)),
        scratch_(scratch),
        slice_begin(share(session.parameters, rank_, blocks)),
        slice_end(share(session.parameters, rank_ + 1, blocks)) {}

  static constexpr bool kMomentsInPlace = true;
  static constexpr int kSlices = 0;
  GT_DEVICE int rank() const { return rank_; }
  GT_DEVICE int blocks() const { return blocks_; }

  GT_DEVICE double sum(double mine) {
    publish_loss(mine);
    wait();
    return total_loss();
  }

  GT_DEVICE double reduce(Tile& tile) {
    float* to = partial_ + (static_cast<int64_t>(round_ & 1) * blocks_ + rank_) * parameters_;
    for (int i = thread(); i < parameters_; i += threads()) {
      to[i] = tile.gradient(i, 0);
    }
    publish_loss(tile.loss());
    wait();
    reduce_slice();
    return total_loss();
  }
  // Kept where this block published its own part, which nobody else reads; written and read by the same thread.
  GT_DEVICE float gradient(const Tile&, int i) const { return own_partial()[i]; }

  GT_DEVICE void publish(Tile&, gt_cuda_replica& replica, int i, float value) { replica.parameters[i] = value; }
  GT_DEVICE void published(Tile& tile, gt_cuda_replica& replica) {
    wait();
    for (int i = thread(); i < parameters_; i += threads()) {
      tile.set(i, load_shared_by_all(replica.parameters + i));
    }
  }

  // A sum of each thread.
  GT_CONSTEXPR static int scratch_floats(int /*parameters*/, int block_threads) { return block_threads; }

 protected:
  GT_DEVICE void publish_loss(double loss) {
    if (thread() == 0) {
      loss_[(round_ & 1) * blocks_ + rank_] = loss;
    }
  }
  GT_DEVICE void wait() {
    round_++;
    meet(counter_, round_ * static_cast<uint32_t>(blocks_));
  }
  // Each warp adds the blocks' losses, lane by lane and then across the lanes.
  GT_DEVICE double total_loss() const {
    const double* from = loss_ + ((round_ - 1) & 1) * blocks_;
    double total = 0;
    for (int b = thread() % 32; b < blocks_; b += 32) {
      total += load_shared_by_all(from + b);
    }
    GT_UNROLL
    for (int mask = 1; mask < 32; mask *= 2) {
      total += shuffle_xor(total, mask);
    }
    return total;
  }
  GT_DEVICE float* own_partial() const {
    return partial_ + (static_cast<int64_t>((round_ - 1) & 1) * blocks_ + rank_) * parameters_;
  }
  // Threads are dealt over the slice's parameters and, as far as they reach, over runs of the blocks' partial sums.
  GT_DEVICE void reduce_slice() {
    const float* from = partial_ + static_cast<int64_t>((round_ - 1) & 1) * blocks_ * parameters_;
    int slice = slice_end - slice_begin;
    int width = slice < threads() ? (slice > 0 ? slice : 1) : threads();
    int runs = threads() / width < blocks_ ? threads() / width : blocks_;
    for (int first = 0; first < slice; first += width) {
      int i = first + thread() % width;
      int run = thread() / width;
      float total = 0;
      if (run < runs && i < slice) {
        int end = share(blocks_, run + 1, runs);
        const float* at = from + slice_begin + i;
        for (int b = share(blocks_, run, runs); b < end; b++) {
          total += load_shared_by_all(at + static_cast<int64_t>(b) * parameters_);
        }
      }
      scratch_[thread()] = total;
      sync_block();
      if (run == 0 && i < slice) {
        for (int r = 1; r < runs; r++) {
          total += scratch_[r * width + thread()];
        }
        own_partial()[slice_begin + i] = total;
      }
    }
  }

 public:
  int index;

 private:
  int rank_, blocks_, parameters_;
  float* partial_;
  double* loss_;
  uint32_t* counter_;
  float* scratch_;
  uint32_t round_ = 0;

 public:
  int slice_begin, slice_end;
};

// Clusters of Size blocks. Within a cluster, block r adds slice r of all gradients through distributed shared memory;
// among clusters, the blocks of equal rank exchange that slice through global memory and meet at a counter of their
// own. Every cluster updates all parameters, with the same bits, so nothing but gradients crosses clusters.
template <class Tile, int Size>
struct ClusterTeam : Float32 {
  GT_DEVICE ClusterTeam(const gt_cuda_session& session, int blocks, float* scratch)
      : index(block() / blocks),
        rank_(block() % blocks),
        member_(cluster_rank()),
        clusters_(blocks / Size),
        slice_begin(share(session.parameters, member_, Size)),
        slice_end(share(session.parameters, member_ + 1, Size)),
        stride_(session.parameters),
        partial_(session.partial + static_cast<int64_t>(index) * 2 * clusters_ * session.parameters),
        loss_(session.partial_loss + static_cast<int64_t>(index) * 2 * blocks + member_ * clusters_),
        counter_(session.arrivals + 32 * (static_cast<int64_t>(index) * Size + member_)),
        mine_(reinterpret_cast<double*>(scratch)),
        slice_(scratch + 2) {}

  static constexpr bool kMomentsInPlace = false;
  static constexpr int kSlices = Size;
  GT_DEVICE int rank() const { return rank_; }
  GT_DEVICE int blocks() const { return clusters_ * Size; }

  GT_DEVICE double sum(double mine) {
    if (thread() == 0) {
      *mine_ = mine;
    }
    sync_cluster();
    double total = cluster_loss();
    // The next sum must not overwrite what a slower block of the cluster still reads.
    sync_cluster();
    return clusters_ == 1 ? total : exchange_loss(total);
  }

  GT_DEVICE double reduce(Tile& tile) {
    if (thread() == 0) {
      *mine_ = tile.loss();
    }
    sync_cluster();
    float* to = partial_ + (static_cast<int64_t>(round_ & 1) * clusters_ + rank_ / Size) * stride_;
    for (int i = slice_begin + thread(); i < slice_end; i += threads()) {
      float total = tile.gradient(i, 0, 0);
      GT_UNROLL
      for (int r = 1; r < Size; r++) {
        total += tile.gradient(i, 0, r);
      }
      if (clusters_ == 1) {
        slice_[i - slice_begin] = total;
      } else {
        to[i] = total;
      }
    }
    double loss = cluster_loss();
    if (clusters_ == 1) {
      return loss;
    }
    loss = exchange_loss(loss);
    const float* from = partial_ + static_cast<int64_t>((round_ - 1) & 1) * clusters_ * stride_;
    for (int i = slice_begin + thread(); i < slice_end; i += threads()) {
      float total = load_shared_by_all(from + i);
      for (int c = 1; c < clusters_; c++) {
        total += load_shared_by_all(from + static_cast<int64_t>(c) * stride_ + i);
      }
      slice_[i - slice_begin] = total;
    }
    return loss;
  }
  // Written and read by the same thread.
  GT_DEVICE float gradient(const Tile&, int i) const { return slice_[i - slice_begin]; }

  GT_DEVICE void publish(Tile& tile, gt_cuda_replica&, int i, float value) {
    GT_UNROLL
    for (int r = 0; r < Size; r++) {
      tile.set(i, value, r);
    }
  }
  // Also the last look at another block's memory: a block may end after it.
  GT_DEVICE void published(Tile&, gt_cuda_replica&) { sync_cluster(); }

  // The loss, then the slice's gradient.
  GT_CONSTEXPR static int scratch_floats(int parameters, int /*block_threads*/) {
    return 2 + (parameters + Size - 1) / Size;
  }

 private:
  GT_DEVICE double cluster_loss() const {
    double total = *peer(mine_, 0);
    GT_UNROLL
    for (int r = 1; r < Size; r++) {
      total += *peer(mine_, r);
    }
    return total;
  }
  GT_DEVICE double exchange_loss(double cluster_total) {
    int64_t buffer = static_cast<int64_t>(round_ & 1) * clusters_ * Size;
    if (thread() == 0) {
      loss_[buffer + rank_ / Size] = cluster_total;
    }
    round_++;
    meet(counter_, round_ * static_cast<uint32_t>(clusters_));
    double total = load_shared_by_all(loss_ + buffer);
    for (int c = 1; c < clusters_; c++) {
      total += load_shared_by_all(loss_ + buffer + c);
    }
    return total;
  }

 public:
  int index;

 private:
  int rank_, member_, clusters_;

 public:
  int slice_begin, slice_end;

 private:
  int stride_;
  float* partial_;
  double* loss_;
  uint32_t* counter_;
  double* mine_;
  float* slice_;
  uint32_t round_ = 0;
};

}  // namespace gputrain::device
