"""What the peers share: the problem, the check of the loss, the clock, the results."""

import argparse
import json
import statistics
import time

import numpy

WIDTHS = [12, 80, 40, 1]
BETA1, BETA2, EPSILON = 0.9, 0.999, 1e-8
# Relative, against float64. Float32 alone is a hundred times below it; TF32 or another definition of GELU, of the loss
# or of Adam is above.
TOLERANCE = 1e-4


class Problem:
    """The rows and initial parameters that gputrain_cuda_bench --dump wrote, and the float64 losses it printed."""

    def __init__(self, path, reference, inputs=WIDTHS[0], outputs=WIDTHS[-1]):
        with open(reference) as file:
            self.expected = json.load(file)
        self.rate = self.expected["rate"]
        rows, count = self.expected["rows"], self.expected["parameters"]
        values = numpy.fromfile(path, dtype=numpy.float32)
        sizes = [rows * inputs, rows * outputs, self.expected["replicas"] * count]
        if values.size != sum(sizes):
            raise SystemExit(f"{path}: {values.size} numbers, not {sum(sizes)}")
        x, y, initial = numpy.split(values, numpy.cumsum(sizes)[:-1])
        self.x = x.reshape(rows, inputs)
        self.y = y.reshape(rows, outputs)
        self.initial = initial.reshape(-1, count)

    def layers(self, replicas):
        """[(weights [replicas, out, in], biases [replicas, out])]; replica r starts as the file's r mod 8."""
        flat = self.initial[numpy.arange(replicas) % len(self.initial)]
        result, at = [], 0
        for a, b in zip(WIDTHS, WIDTHS[1:]):
            result.append((flat[:, at : at + a * b].reshape(replicas, b, a), flat[:, at + a * b : at + a * b + b]))
            at += a * b + b
        return result


def arguments(description):
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--problem", required=True, help="file that gputrain_cuda_bench --dump wrote")
    parser.add_argument("--reference", required=True, help="JSON that it printed")
    parser.add_argument("--results", required=True, help="a line of JSON for each variant is added here")
    parser.add_argument("--limit", type=float, default=120, help="seconds after which no further variant begins")
    parser.add_argument("--cpu", action="store_true", help="on the processor, to check correctness only")
    parser.add_argument("--peer", choices=["pytorch", "jax"], help="for a script that has both")
    return parser.parse_args()


def measure(problem, options, name, version, replicas, make, began):
    """make() gives (reset, run, loss, sync): run(n) trains n epochs, loss() is the last epoch's mean over the first
    replica; n is a multiple of run.multiple (1 unless set)."""
    result = {"peer": name, "version": version, "replicas": replicas, "parameters": problem.expected["parameters"]}
    if time.monotonic() - began > options.limit:
        result["error"] = "no time left"
    else:
        try:
            result.update(timed(problem, options, *make()))
        except Exception as error:  # A peer that fails is a result, and must not cost the others theirs.
            result["error"] = f"{type(error).__name__}: {error}".splitlines()[0][:300]
    with open(options.results, "a") as file:
        file.write(json.dumps(result) + "\n")
    print(json.dumps(result), flush=True)


def timed(problem, options, reset, run, loss, sync):
    multiple = getattr(run, "multiple", 1)
    reset()
    run(problem.expected["checked_epochs"])
    found, expected = float(loss()), problem.expected["checked_loss"]
    error = abs(found - expected) / expected
    result = {"checked_loss": found, "loss_error": error, "agrees": bool(error <= TOLERANCE)}
    if options.cpu:
        return result
    epochs = 100
    run(epochs)
    sync()
    start = time.perf_counter()
    run(epochs)
    sync()
    each = (time.perf_counter() - start) / epochs
    epochs = max(multiple, min(20000, int(0.2 / each)) // multiple * multiple)
    times = []
    for _ in range(7):
        start = time.perf_counter()
        run(epochs)
        sync()
        times.append((time.perf_counter() - start) / epochs * 1e6)
    result["us_per_epoch"] = statistics.median(times)
    result["us_least"] = min(times)
    result["epochs"] = epochs
    return result
