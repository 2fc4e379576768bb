#!/usr/bin/env bash
# CPU engine against the machine's own peak and against PyTorch, in one run: rounds of both alternate, so that other work
# on the machine hits both; the best of each counts. Needs a C++ compiler, CMake and a python3 that has torch.
#
#   bench/cpu/compare.sh [ROUNDS [ROWS WIDTH WIDTH ...]]      default: 3 rounds, 1720 rows, 13 80 40 3
#   bench/cpu/compare.sh ROUNDS complex [ROWS INPUTS LINEAR-UNITS PRODUCT-UNITS]      complex product units in
#                                                       mini-batches of 500; default: 2099 10 20 40, CPUN-L
#   bench/cpu/compare.sh ROUNDS splines [ROWS INTERVALS WIDTH WIDTH ...]      cubic splines on edges: an evaluation of
#                                                       the objective with its gradient and an iteration of L-BFGS, in
#                                                       float64; default: 1872 5 4 8 1
set -euo pipefail
cd "$(dirname "$0")/../.."
rounds=${1:-3}
shift || true
shape=("$@")
[ ${#shape[@]} -gt 0 ] || shape=(1720 13 80 40 3)
peer=(bench/cpu/pytorch_epoch.py "${shape[@]}")
if [ "${shape[0]}" = complex ]; then
  [ ${#shape[@]} -gt 1 ] || shape=(complex 2099 10 20 40)
  peer=(bench/cpu/pytorch_product_units.py "${shape[1]}" 500 "${shape[@]:2}")
elif [ "${shape[0]}" = splines ]; then
  [ ${#shape[@]} -gt 1 ] || shape=(splines 1872 5 4 8 1)
  peer=(bench/cpu/pytorch_splines.py "${shape[@]:1:2}" 3 "${shape[@]:3}")
fi
python=${PYTHON:-python3}
"$python" -c 'import torch' 2>/dev/null || {
  echo "no PyTorch in $python; install it (Debian: python3-torch) or set PYTHON" >&2
  exit 69
}
build=bench/target/native
mkdir -p "$build"
cmake -S . -B "$build" -DCMAKE_BUILD_TYPE=Release >"$build/configure.log"
cmake --build "$build" --target gputrain_cpu_bench --parallel "$(nproc)" >"$build/build.log"
log=$(mktemp)
trap 'rm -f "$log"' EXIT
for round in $(seq "$rounds"); do
  echo "round $round" >&2
  "$build/native/gputrain_cpu_bench" "${shape[@]}" | tee -a "$log" >&2
  OMP_WAIT_POLICY=PASSIVE "$python" "${peer[@]}" | tee -a "$log" >&2
done
if [ "${shape[0]}" = splines ]; then
  awk '
    function least(table, key, value) { if (!(key in table) || value < table[key]) table[key] = value }
    { gsub(/\([^)]*\)/, "") } # the medians
    /^ *[0-9]+ +[0-9.]+ +[0-9.]+ *$/ {
      least(evaluations, $1, $2 + 0)
      least(iterations, $1, $3 + 0)
    }
    $1 == "pytorch" {
      version = $2
      name = $3 ", " $4 " thread" ($4 > 1 ? "s" : "")
      if (!(name in peer_evaluations)) names[++variants] = name
      least(peer_evaluations, name, $5 + 0)
      least(peer_iterations, name, $6 + 0)
      if (!best || peer_evaluations[name] < best) { best = peer_evaluations[name]; fastest = name }
      if (!best_iteration || peer_iterations[name] < best_iteration) best_iteration = peer_iterations[name]
    }
    END {
      printf "\n%-44s %14s %15s %15s %15s\n", "", "us/evaluation", "PyTorch / ours", "us/iteration", "PyTorch / ours"
      for (t = 1; t <= 2; t++)
        printf "%-44s %14.1f %15.1f %15.1f %15.1f\n", "cpp engine, " t " thread" (t > 1 ? "s" : ""), evaluations[t], best / evaluations[t], iterations[t], best_iteration / iterations[t]
      for (v = 1; v <= variants; v++) {
        name = names[v]
        printf "%-44s %14.1f %15s %15.1f\n", "PyTorch " version " (" name ")" (name == fastest ? " *" : ""), peer_evaluations[name], "", peer_iterations[name]
      }
      print "* the fastest evaluation; ratios are to the fastest evaluation and the fastest iteration of PyTorch"
    }' "$log"
  exit
fi
awk '
  /^ +[0-9]+ +[0-9.]+ \(/ {
    threads = $1
    us = $2
    peak = $(NF - 2)
    rate = $(NF - 3)
    if (!(threads in ours) || us < ours[threads]) { ours[threads] = us; rates[threads] = rate }
    if (peak > peaks[threads]) peaks[threads] = peak
  }
  $1 == "pytorch" {
    version = $2
    if (!best || $5 < best) { best = $5; name = $3 ", " $4 " thread" ($4 > 1 ? "s" : "") }
  }
  END {
    printf "\n%-34s %10s %10s %14s %18s\n", "", "us/epoch", "GFLOP/s", "share of peak", "PyTorch / ours"
    for (t = 1; t <= 2; t++)
      printf "%-34s %10.1f %10.1f %13.1f%% %18.1f\n", "cpp engine, " t " thread" (t > 1 ? "s" : ""), ours[t], rates[t], 100 * rates[t] / peaks[t], best / ours[t]
    printf "%-34s %10.1f\n", "PyTorch " version " (" name ")", best
  }' "$log"
