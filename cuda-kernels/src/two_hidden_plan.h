// Where everything of a network with two hidden layers lies in shared memory, and how threads share the work on it.
#pragma once

#include "register_tiles.h"

namespace gputrain::device {

template <int Inputs, int Hidden1, int Hidden2, int Outputs, int Threads, int Group>
struct TwoHiddenPlan {
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
};

}  // namespace gputrain::device
