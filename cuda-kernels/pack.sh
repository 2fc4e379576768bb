#!/usr/bin/env bash
# Makes ptx/ anew: the PTX of every module, for builds on machines without nvcc, and the sums of the sources that it was
# made from. Run it after changing any of them; a test fails until then. Needs nvcc and CMake; the first argument is the
# build directory (default: build).
set -euo pipefail
cd "$(dirname "$0")/.."
build=${1:-build}
packed=cuda-kernels/ptx
# Assembled for the GPUs that it is for, although only the PTX is packed: what the assembler refuses, a driver would.
cmake -S . -B "$build" -DGPUTRAIN_CUDA=ON -DGPUTRAIN_PROGRAMS=OFF -DGPUTRAIN_ARCHITECTURES="80;90"
cmake --build "$build" --target gputrain_kernels --parallel "$(nproc)"

# A directory beside it, so that an interrupted run leaves the old one.
new=$packed.new
rm -rf "$new"
mkdir -p "$new"
modules=$build/cuda-kernels/modules
for ptx in "$modules"/*.ptx; do
  name=$(basename "$ptx")
  [ "$name" = peak.ptx ] || gzip -9nc "$ptx" >"$new/$name.gz"
done
cp "$modules/modules.txt" "$new/"
sed 's/.*\(PTX made by.*\)/\1, packed with the sources/' "$modules/origin.txt" >"$new/origin.txt"
# In the order and under the names that the build without nvcc writes them.
printf '%s\n' cuda-kernels/src/* cuda-kernels/include/gputrain/* cuda-kernels/shapes.txt cuda-kernels/{modules,kernels,ptx_version}.cmake \
  native/include/gputrain/* | sed 's/$/.sum/' | LC_ALL=C sort | sed 's/\.sum$//' | xargs sha256sum >"$new/SOURCES.sha256"
rm -rf "$packed"
mv "$new" "$packed"
du -sh "$packed"
