// The kernels of kernel models against plain loops, on sizes that are and are not multiples of a tile, by one block and
// by several, with threads in several orders. Under the sanitizers an access outside of what it may touch ends the
// test.
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <string>
#include <vector>

#include "emulator/machine.h"
#include "emulator/registry.h"
#include "gputrain/kernel_models_abi.h"

using namespace gputrain;

namespace {

using Doubles = std::vector<double>;

int g_failures = 0;
std::string g_what;

void expect(bool holds, const char* what) {
  if (!holds) {
    std::printf("%s: %s\n", g_what.c_str(), what);
    g_failures++;
  }
}

void expect_close(const Doubles& found, const Doubles& wanted, double tolerance, const char* what) {
  double largest = 0;
  for (size_t i = 0; i < wanted.size(); i++) {
    double difference = std::fabs(found[i] - wanted[i]);
    largest = std::isnan(difference) ? INFINITY : std::fmax(largest, difference);
  }
  if (largest > tolerance) {
    std::printf("%s: %s differ by %g\n", g_what.c_str(), what, largest);
    g_failures++;
  }
}

template <class... Arguments>
void launch(const char* name, int blocks, bool together, Arguments... arguments) {
  auto& all = emulation::registry();
  auto bytes = *static_cast<const int32_t*>(all.globals.at("kernel_models_shared_bytes").data);
  void* parameters[] = {&arguments...};
  std::string error =
      emulation::run({&all.kernels.at(name), blocks, 256, static_cast<size_t>(bytes), parameters, together});
  expect(error.empty(), error.c_str());
}

// Points in the unit cube; the last coordinate one of three classes.
Doubles points(int rows, int columns, uint32_t seed) {
  Doubles all;
  for (int i = 0; i < rows * columns; i++) {
    seed = seed * 1664525 + 1013904223;
    all.push_back(i % columns == columns - 1 ? seed >> 8 & 1 : (seed >> 8) * 0x1p-24);
  }
  return all;
}

double direct(const gt_covariance& spec, const double* a, const double* b) {
  int columns = spec.columns - (spec.kind == GT_GAUSSIAN_WITH_CLASSES);
  double sum = 0, square = 0;
  for (int c = 0; c < columns; c++) {
    double d = a[c] - b[c];
    square += d * d;
    sum += std::exp(-d * d / (2 * spec.length * spec.length));
  }
  switch (spec.kind) {
    case GT_ADDITIVE:
      return spec.scale * sum;
    case GT_DISTANCE:
      return std::sqrt(square);
    case GT_SHIFTED_DISTANCE:
      return spec.shift - std::sqrt(square);
    default:
      sum = std::exp(-square / (2 * spec.length * spec.length));
      return spec.kind == GT_GAUSSIAN || a[columns] != b[columns]
                 ? sum
                 : sum + spec.scale * std::exp(-square / (2 * spec.class_length * spec.class_length));
  }
}

// Device memory: a matrix continued to whole tiles.
struct Padded {
  int n, tiles;
  int64_t stride;
  Doubles values;
  explicit Padded(int rows) : n(rows), tiles((rows + 63) / 64), stride(64 * tiles), values(stride * stride, NAN) {}
  double& at(int i, int j) { return values[static_cast<size_t>(i * stride + j)]; }
  Doubles rows(int count) {
    Doubles all;
    for (int i = 0; i < count; i++) {
      all.insert(all.end(), &at(i, 0), &at(i, 0) + n);
    }
    return all;
  }
};

void check_covariance(int rows, int others, int columns) {
  Doubles a = points(rows, columns, 1);
  Doubles b = points(others, columns, 2);
  for (int kind = GT_ADDITIVE; kind <= GT_SHIFTED_DISTANCE; kind++) {
    for (int symmetric : {0, 1}) {
      gt_covariance spec = {0.3, 0.6, 0.7, 5, symmetric * 0.25, kind, columns, symmetric, 0};
      const Doubles& with = symmetric != 0 ? a : b;
      int m = symmetric != 0 ? rows : others;
      int row_tiles = (rows + 63) / 64;
      int tiles = (m + 63) / 64;
      Doubles to(static_cast<size_t>(64 * row_tiles * 64 * tiles), NAN);
      Doubles largest(static_cast<size_t>(row_tiles * tiles), NAN);
      launch("covariance", row_tiles * tiles, false, spec, static_cast<const double*>(a.data()),
             static_cast<int32_t>(rows), static_cast<const double*>(with.data()), static_cast<int32_t>(m),
             static_cast<int32_t>(tiles), int32_t{0}, to.data(), int64_t{64} * tiles, largest.data());
      Doubles wanted(to.size());
      double most = 0;
      for (int i = 0; i < 64 * row_tiles; i++) {
        for (int j = 0; j < 64 * tiles; j++) {
          double& value = wanted[static_cast<size_t>(i * 64 * tiles + j)];
          value = symmetric != 0 && i == j;
          if (i < rows && j < m) {
            value = direct(spec, &a[static_cast<size_t>(i * columns)], &with[static_cast<size_t>(j * columns)]);
            most = std::fmax(most, value);
            value += i == j ? spec.noise : 0;
          }
        }
      }
      g_what = "covariance " + std::to_string(kind) + " of " + std::to_string(rows) + " by " + std::to_string(m);
      expect_close(to, wanted, 1e-13, "values");
      expect_close({*std::max_element(largest.begin(), largest.end())}, {most}, 1e-13, "largest values");
    }
  }
}

// Lower triangle of the factor, by columns; above it 0.
Doubles factor_plainly(Doubles a, int n) {
  auto at = [&](int i, int j) -> double& { return a[static_cast<size_t>(i * n + j)]; };
  for (int j = 0; j < n; j++) {
    for (int i = 0; i < n; i++) {
      double sum = i < j ? 0 : at(i, j);
      for (int k = 0; i >= j && k < j; k++) {
        sum -= at(i, k) * at(j, k);
      }
      at(i, j) = i < j ? 0 : i == j ? std::sqrt(sum) : sum / at(j, j);
    }
  }
  return a;
}

// L^-1 x, then with `both` L^-T of that.
Doubles solve_plainly(const Doubles& l, int n, Doubles x, bool both) {
  auto at = [&](int i, int j) { return l[static_cast<size_t>(i * n + j)]; };
  const auto size = static_cast<size_t>(n);
  for (size_t i = 0; i < size; i++) {
    for (size_t k = 0; k < i; k++) {
      x[i] -= at(static_cast<int>(i), static_cast<int>(k)) * x[k];
    }
    x[i] /= at(static_cast<int>(i), static_cast<int>(i));
  }
  for (size_t i = size; both && i-- > 0;) {
    for (size_t k = i + 1; k < size; k++) {
      x[i] -= at(static_cast<int>(k), static_cast<int>(i)) * x[k];
    }
    x[i] /= at(static_cast<int>(i), static_cast<int>(i));
  }
  return x;
}

Doubles column_of_unit(int n, int i) {
  Doubles unit(static_cast<size_t>(n));
  unit[static_cast<size_t>(i)] = 1;
  return unit;
}

struct Solved {
  Padded factor, inverse;
  Doubles plain;  // factor
};

// Matrix of a kernel plus noise, on the device in the lower triangle of tiles, NaN above.
Padded assembled(int n, double noise) {
  Doubles a = points(n, 3, 7);
  Padded matrix(n);
  gt_covariance spec = {0.3, 0, 1, 0, noise, GT_GAUSSIAN, 3, 1, 0};
  launch("covariance", matrix.tiles * matrix.tiles, false, spec, static_cast<const double*>(a.data()),
         static_cast<int32_t>(n), static_cast<const double*>(a.data()), static_cast<int32_t>(n), matrix.tiles,
         int32_t{1}, matrix.values.data(), matrix.stride, static_cast<double*>(nullptr));
  return matrix;
}

Solved check_factor(int n, int blocks) {
  Padded matrix = assembled(n, 0.01);
  Doubles plain(static_cast<size_t>(n * n));
  for (int i = 0; i < n; i++) {
    for (int j = 0; j <= i; j++) {
      plain[static_cast<size_t>(i * n + j)] = plain[static_cast<size_t>(j * n + i)] = matrix.at(i, j);
    }
  }
  plain = factor_plainly(plain, n);
  auto size = static_cast<size_t>(matrix.stride);
  std::vector<uint32_t> arrivals(32);
  int32_t status = -1;
  Doubles diagonal(size, NAN);
  launch("factorise", blocks, true, matrix.values.data(), matrix.stride, matrix.tiles, 1e-15, arrivals.data(), &status,
         diagonal.data());
  expect(status == -1, "the factorisation failed");
  Doubles wanted_diagonal;
  for (int i = 0; i < n; i++) {
    wanted_diagonal.push_back(plain[static_cast<size_t>(i * n + i)]);
    Doubles row(&matrix.at(i, 0), &matrix.at(i, 0) + i + 1);
    expect_close(row, {&plain[static_cast<size_t>(i * n)], &plain[static_cast<size_t>(i * n)] + i + 1}, 1e-12,
                 "factors");
  }
  expect_close(diagonal, wanted_diagonal, 1e-12, "diagonals");

  Padded inverse(n);
  arrivals.assign(32, 0);
  launch("invert", blocks, true, static_cast<const double*>(matrix.values.data()), matrix.stride, matrix.tiles,
         inverse.values.data(), arrivals.data());
  Doubles wanted;  // row i of L^-T is column i of L^-1
  for (int i = 0; i < n; i++) {
    Doubles column = solve_plainly(plain, n, column_of_unit(n, i), false);
    wanted.insert(wanted.end(), column.begin(), column.end());
  }
  expect_close(inverse.rows(n), wanted, 1e-9, "inverses");

  Doubles x(size), other(static_cast<size_t>(n));
  for (size_t i = 0; i < other.size(); i++) {
    x[i] = other[i] = std::cos(static_cast<double>(i));
  }
  arrivals.assign(32, 0);
  launch("solve", blocks, true, static_cast<const double*>(matrix.values.data()), matrix.stride, matrix.tiles, x.data(),
         arrivals.data());
  expect_close(x, solve_plainly(plain, n, other, true), 1e-8, "solutions");

  // Rows of two tiles.
  Padded rows(n);
  rows.values.assign(128 * size, 0);
  Doubles wanted_sums, wanted_dots;
  for (int i = 0; i < 65; i++) {
    for (int j = 0; j < n; j++) {
      rows.at(i, j) = std::sin(i + 0.1 * j);
    }
    Doubles row(&rows.at(i, 0), &rows.at(i, 0) + n);
    double dot = 0, sum = 0;
    for (int j = 0; j < n; j++) {
      dot += row[static_cast<size_t>(j)] * x[static_cast<size_t>(j)];
    }
    for (double value : solve_plainly(plain, n, row, false)) {
      sum += value * value;
    }
    wanted_dots.push_back(dot);
    wanted_sums.push_back(sum);
  }
  Doubles sums(65, NAN);
  auto* rows_there = static_cast<const double*>(rows.values.data());
  launch("products", blocks, false, rows_there, matrix.stride, int32_t{65}, static_cast<int32_t>(matrix.stride),
         static_cast<const double*>(x.data()), sums.data());
  expect_close(sums, wanted_dots, 1e-8, "products");
  arrivals.assign(32, 0);
  launch("solve_lower", blocks, true, static_cast<const double*>(matrix.values.data()), matrix.stride, matrix.tiles,
         rows.values.data(), int32_t{2}, arrivals.data());
  launch("products", blocks, false, rows_there, matrix.stride, int32_t{65}, static_cast<int32_t>(matrix.stride),
         static_cast<const double*>(nullptr), sums.data());
  expect_close(sums, wanted_sums, 1e-7, "sums of squares");
  return {matrix, inverse, plain};
}

// One large fold, one of a tile, one small, with and without a vector.
void check_folds(const Solved& from, int members_of_crew, int crews, bool shifted) {
  int n = from.factor.n;
  std::vector<std::vector<int32_t>> sets(3);
  for (int i = 0; i < n; i++) {
    sets[i % 7 == 3 ? 2 : i % 2 == 0 ? 0 : 1].push_back(i);
  }
  Doubles u, c;
  for (int i = 0; i < n; i++) {
    u.push_back(0.3 * std::sin(2.0 * i));
    c.push_back(std::cos(3.0 * i));
  }
  const double weight = shifted ? 0.5 : 0;
  std::vector<gt_fold> folds;
  std::vector<gt_fold_tile> list;
  std::vector<int32_t> members;
  int64_t offset = 0;
  int32_t place = 0;
  for (size_t f = 0; f < sets.size(); f++) {
    auto size = static_cast<int32_t>(sets[f].size());
    int32_t tiles = (size + 63) / 64;
    folds.push_back({offset, place, static_cast<int32_t>(members.size()), size, tiles});
    for (int32_t i = 0; i < tiles; i++) {
      for (int32_t j = 0; j <= i; j++) {
        list.push_back({static_cast<int32_t>(f), i, j});
      }
    }
    members.insert(members.end(), sets[f].begin(), sets[f].end());
    offset += int64_t{64 * 64} * tiles * tiles;
    place += 64 * tiles;
  }
  Doubles workspace(static_cast<size_t>(offset), NAN), spare(workspace);
  Doubles variances(static_cast<size_t>(place), NAN), solutions(static_cast<size_t>(place));
  launch("gather", static_cast<int>(list.size()), false, static_cast<const double*>(from.inverse.values.data()),
         from.inverse.stride, from.inverse.tiles, static_cast<const gt_fold*>(folds.data()),
         static_cast<const gt_fold_tile*>(list.data()), static_cast<const int32_t*>(members.data()),
         static_cast<const double*>(shifted ? u.data() : nullptr), weight, workspace.data());
  for (size_t f = 0; f < sets.size(); f++) {
    for (size_t i = 0; i < sets[f].size(); i++) {
      solutions[static_cast<size_t>(folds[f].place) + i] = c[static_cast<size_t>(sets[f][i])];
    }
  }
  std::vector<int32_t> status(sets.size(), -1);
  std::vector<uint32_t> arrivals(static_cast<size_t>(32 * crews));
  launch("leave_out", crews * members_of_crew, members_of_crew > 1, static_cast<const gt_fold*>(folds.data()),
         static_cast<int32_t>(folds.size()), static_cast<int32_t>(members_of_crew), workspace.data(), spare.data(),
         solutions.data(), variances.data(), status.data(), arrivals.data());
  for (size_t f = 0; f < sets.size(); f++) {
    auto m = static_cast<int>(sets[f].size());
    Doubles block(static_cast<size_t>(m * m));
    Doubles right;
    for (int j = 0; j < m; j++) {
      Doubles column = solve_plainly(from.plain, n, column_of_unit(n, sets[f][static_cast<size_t>(j)]), true);
      right.push_back(c[static_cast<size_t>(sets[f][static_cast<size_t>(j)])]);
      for (int i = 0; i < m; i++) {
        auto row = static_cast<size_t>(sets[f][static_cast<size_t>(i)]);
        block[static_cast<size_t>(i * m + j)] =
            column[row] + weight * u[row] * u[static_cast<size_t>(sets[f][static_cast<size_t>(j)])];
      }
    }
    Doubles factor = factor_plainly(block, m);
    Doubles wanted;
    for (int i = 0; i < m; i++) {
      wanted.push_back(solve_plainly(factor, m, column_of_unit(m, i), true)[static_cast<size_t>(i)]);
    }
    auto begin = static_cast<size_t>(folds[f].place);
    expect(status[f] == -1, "a fold failed");
    expect_close({&solutions[begin], &solutions[begin] + m}, solve_plainly(factor, m, right, true), 1e-8, "errors");
    expect_close({&variances[begin], &variances[begin] + m}, wanted, 1e-8, "variances");
  }
}

// A pivot that is not positive, NaN, or too small.
void check_failures() {
  for (int at : {0, 63, 64, 100, 129}) {
    for (double pivot : {-1.0, 0.0, static_cast<double>(NAN), 1e-17}) {
      for (int blocks : {1, 3}) {
        g_what = "a bad pivot " + std::to_string(at) + " with " + std::to_string(blocks) + " blocks";
        Padded matrix(130);
        for (int i = 0; i < matrix.stride; i++) {
          for (int j = 0; j < matrix.stride; j++) {
            matrix.at(i, j) = i == j ? (i == at ? pivot : 1) : 0;
          }
        }
        std::vector<uint32_t> arrivals(32);
        int32_t status = -1;
        Doubles diagonal(static_cast<size_t>(matrix.stride), 5);
        launch("factorise", blocks, true, matrix.values.data(), matrix.stride, matrix.tiles, 1e-15, arrivals.data(),
               &status, diagonal.data());
        expect(status == at, "another pivot is named");
        expect(diagonal == Doubles(diagonal.size(), 5), "a diagonal of a failed factorisation");
      }
    }
  }
}

void check_same_bits() {
  Doubles first;
  for (int blocks : {1, 2, 5}) {
    Padded matrix = check_factor(130, blocks).factor;
    Doubles lower;
    for (int i = 0; i < matrix.n; i++) {
      lower.insert(lower.end(), &matrix.at(i, 0), &matrix.at(i, 0) + i + 1);
    }
    first = first.empty() ? lower : first;
    expect(lower == first, "bits depend on the number of blocks");
  }
}

}  // namespace

int main() {
  for (auto order : {emulation::Order::kForward, emulation::Order::kReverse, emulation::Order::kShuffled}) {
    emulation::set_order(order, 5);
    check_covariance(1, 2, 2);
    check_covariance(65, 130, 19);
    for (int n : {1, 2, 31, 64, 65, 130, 200}) {
      for (int blocks : {1, 3}) {
        g_what = std::to_string(n) + " points, " + std::to_string(blocks) + " blocks";
        Solved solved = check_factor(n, blocks);
        if (n >= 31) {
          check_folds(solved, blocks, 2, n % 2 == 0);
        }
      }
    }
    check_failures();
  }
  check_same_bits();
  return g_failures == 0 ? 0 : 1;
}
