#!/usr/bin/env bash
# On a machine with a GPU: builds the CUDA kernels, checks and times them without Java, then PyTorch and JAX on the same
# network, and prints one table. Needs the CUDA toolkit (12.8 or newer), CMake and a C++20 compiler; PyTorch and JAX are
# used when python3 has them, compute-sanitizer when it is there. No network.
#
#   bench/gpu/run.sh [--full] [--emulated] [--java DIR --jar FILE] [OUTPUT]      default: ./gpu-bench-out
#
#   --full       every network and division of the work; takes minutes more (default: at most nine in all)
#   --emulated   no GPU: small sizes on the emulated device, peers on the processor; checks this script, times nothing
#   --java DIR   a Java runtime, --jar FILE the program: lists devices, trains shortly, and runs the contract suite when
#                contract/ lies beside the jar (see pack.sh)
set -uo pipefail
budget=540 full= emulated= java= jar= out=gpu-bench-out
while [ $# -gt 0 ]; do
  case $1 in
    --full) full=1 budget=1500 ;;
    --emulated) emulated=1 ;;
    --java | --jar)
      [ $# -gt 1 ] || { echo "$1 needs a value" >&2; exit 2; }
      [ "$1" = --java ] && java=$(realpath "$2")/bin/java || jar=$(realpath "$2")
      shift ;;
    -*) sed -n '2,/^set/s/^# \{0,1\}//p' "$0" >&2; exit 2 ;;
    *) out=$1 ;;
  esac
  shift
done
mkdir -p "$out" || exit 73
out=$(realpath "$out")
rm -f "$out"/{build,bench,peers,checks,java}.log "$out"/{bench,second-order}.json "$out"/{peers,second-order-peers}.jsonl "$out"/table.txt
cd "$(dirname "$0")/../.." || exit 1
source=$PWD
work=$(mktemp -d) || exit 73
trap 'rm -rf "$work"' EXIT
python=${PYTHON:-python3}
failed=0

# part SECONDS LOG NAME COMMAND...: one that fails or takes too long loses nothing of the others.
part() {
  local seconds=$1 log=$2 name=$3 left=$((budget - SECONDS)) status
  shift 3
  [ "$left" -lt "$seconds" ] && seconds=$left
  if [ "$seconds" -lt 5 ]; then
    echo "$name: no time left" | tee -a "$work/parts"
    failed=1
    return 1
  fi
  echo "$name ($SECONDS s)"
  timeout --kill-after=5 "$seconds" "$@" >>"$out/$log" 2>&1
  status=$?
  [ $status -eq 0 ] && return 0
  [ $status -eq 124 ] && status="no end after $seconds s" || status="exit status $status"
  echo "$name: $status, see $log" | tee -a "$work/parts"
  failed=1
  return 1
}

options=(-DGPUTRAIN_CUDA_BENCH=ON -DGPUTRAIN_EMULATOR=ON)
if [ -z "$emulated" ]; then
  options+=(-DGPUTRAIN_CUDA=ON)
  # Only for the GPU that is here: seconds instead of minutes.
  capability=$(nvidia-smi --query-gpu=compute_cap --format=csv,noheader 2>/dev/null | head -1 | tr -d .)
  [ -n "$capability" ] && options+=("-DGPUTRAIN_ARCHITECTURES=$capability")
  modules=$work/build/cuda-kernels/modules
  kernels=(gputrain_kernels cuda_peak)
  sizes=(--quick)
  [ -n "$full" ] && sizes=()
  peers=()
else
  modules=$work/build/cuda-kernels/test/emulated
  export LD_LIBRARY_PATH=$modules${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH} GPUTRAIN_EMULATED_MULTIPROCESSORS=32
  kernels=(emulated_driver)
  sizes=(--emulated)
  peers=(--cpu)
fi
bench=$work/build/cuda-kernels/bench/gputrain_cuda_bench

part 60 build.log "configuring" cmake -S "$source" -B "$work/build" "${options[@]}" || exit 1
part 120 build.log "compiling" cmake --build "$work/build" --parallel "$(nproc)" --target gputrain_cuda_bench || exit 1
[ -n "$full" ] && limit=800 || limit=160
if part 150 build.log "compiling the kernels" cmake --build "$work/build" --parallel "$(nproc)" --target "${kernels[@]}"; then
  part $limit bench.log "kernels" "$bench" "$modules" ${sizes[@]+"${sizes[@]}"} --limit 60 --json "$out/bench.json"
  tail -1 "$out/bench.log"
fi

if "$bench" --dump "$work/problem.f32" >"$work/problem.json" &&
  "$bench" --product-units --dump "$work/units.f32" >"$work/units.json"; then
  for peer in pytorch jax; do
    module=${peer/pytorch/torch}
    if "$python" -c "import $module" 2>/dev/null; then
      part 110 peers.log "$peer" "$python" "$source/bench/gpu/${peer}_peer.py" ${peers[@]+"${peers[@]}"} --limit 80 \
        --problem "$work/problem.f32" --reference "$work/problem.json" --results "$out/peers.jsonl"
      part 60 peers.log "$peer, product units" "$python" "$source/bench/gpu/product_units_peer.py" \
        ${peers[@]+"${peers[@]}"} --peer "$peer" --limit 40 \
        --problem "$work/units.f32" --reference "$work/units.json" --results "$out/peers.jsonl"
    else
      echo "$peer: $python has no $module" | tee -a "$work/parts"
    fi
  done
fi

if "$bench" --splines --dump "$work/splines.f64" >"$work/splines.json" && "$python" -c "import torch" 2>/dev/null; then
  part 60 peers.log "pytorch, splines" "$python" "$source/bench/gpu/splines_peer.py" ${peers[@]+"${peers[@]}"} \
    --problem "$work/splines.f64" --reference "$work/splines.json" --results "$out/peers.jsonl"
fi

if [ -n "$java" ] && [ -n "$jar" ]; then
  part 20 java.log "devices" "$java" -jar "$jar" devices
  part 40 java.log "training" "$java" -jar "$jar" train huang/method-3-case-a --engine cuda --out "$work/run" \
    --protocol paper --no-report
  part 30 java.log "second-order training" "$java" -jar "$jar" train huang/method-3-case-a-lm --engine cuda \
    --out "$work/second-order" --protocol paper --no-report
  # The whole grid of the kernel models on the GPU: times by stage are in run.json, deviations must be the CPU's.
  part 120 java.log "kernel models" "$java" -jar "$jar" train liu/ws4 --engine cuda --out "$work/liu" --no-report &&
    cp "$work/liu/run.json" "$out/kernel-models.json"
  contract=$(dirname "$jar")/contract
  if [ -d "$contract" ]; then
    part 100 java.log "contract suite" "$java" -cp "$jar:$contract/classes:$contract/lib/*" -Dgputrain.require=cuda \
      ContractSuite gputrain.engine.CudaKernelContractTest gputrain.engine.CudaContractTest
    part 100 java.log "contract suite, second order" "$java" -cp "$jar:$contract/classes:$contract/lib/*" \
      -Dgputrain.require=cuda ContractSuite gputrain.engine.CudaSecondOrderTest
    if "$python" -c "import torch" 2>/dev/null; then
      peer=$source/bench/gpu/second_order_peer.py
      "$python" "$peer" --make "$work/second-order.f64" ${emulated:+--rows 150} &&
        part 60 java.log "second order, ten steps" bash -c '"$0" -cp "$1" SecondOrderTime cuda "$2" >"$3"' \
          "$java" "$jar:$contract/classes" "$work/second-order.f64" "$out/second-order.json" &&
        part 60 peers.log "pytorch, second order" "$python" "$peer" ${peers[@]+"${peers[@]}"} \
          --problem "$work/second-order.f64" --ours "$out/second-order.json" --results "$out/second-order-peers.jsonl"
    fi
  fi
fi

# The slow tools last: what they find, they find at any speed.
sanitizer=$(PATH=$PATH:/usr/local/cuda/bin command -v compute-sanitizer)
if [ -z "$emulated" ] && [ -n "$sanitizer" ]; then
  for tool in memcheck racecheck; do
    # Small sizes, a network of each family with kernels of its own; each process of a kernel is followed.
    for network in 7_32_16 10_20_40_2 cubic_splines; do
      part 50 checks.log "compute-sanitizer $tool, $network" "$sanitizer" --tool $tool --target-processes all \
        --error-exitcode 9 "$bench" "$modules" --emulated --check-only --limit 45 --kernel $network
    done
  done
fi
part 90 checks.log "compiling the emulated device" cmake --build "$work/build" --parallel "$(nproc)" &&
  part 90 checks.log "tests on the emulated device" ctest -R "^(cuda|emulated)_" --test-dir "$work/build" --output-on-failure

{
  "$python" "$source/bench/gpu/table.py" "$out" "$(git -C "$source" describe --always --dirty 2>/dev/null)"
  [ -f "$work/parts" ] && sed 's/^/not complete: /' "$work/parts"
  echo "seconds: $SECONDS"
} | tee "$out/table.txt"
exit $failed
