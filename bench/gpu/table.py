#!/usr/bin/env python3
"""One short table of what run.sh measured: table.py DIRECTORY [COMMIT]."""

import json
import os
import sys

# Title, and of our records the network, the rows and the batch, of the peers' the number of parameters.
CASES = [
    ("[12,80,40,1], 1,720 rows, full batch, GELU, Huber", "12-80-40-1", 1720, 0, 4321),
    ("CPUN-L, complex product units, 2,099 rows, batches of 500", "10-20-40-2", 2099, 500, 2122),
]
SPLINE_PARAMETERS = 584


def read(path, parse):
    if not os.path.exists(path):
        return []
    with open(path) as file:
        return parse(file)


def ours(records, network, rows, batch):
    """The fastest division of each kind of kernel, for one replica and for many: (title, record)."""
    timed = [
        r
        for r in records
        if r.get("us_per_epoch")
        and (r["network"], r["rows"], r["batch"]) == (network, rows, batch)
        and r["passed"]
    ]
    kinds = {}
    for r in timed:
        kind = r["kernel"].replace("train_", "").replace("_" + network.replace("-", "_"), "")
        for family in ("_gelu", "_complex_product_units"):
            kind = kind.replace(family, "")
        # 128 replicas are what the peers have; else the best that the device does.
        many = "one" if r["replicas"] == 1 else "128" if r["replicas"] == 128 else "many"
        best = kinds.get((many, kind))
        if best is None or r["replica_epochs_per_s"] > best["replica_epochs_per_s"]:
            kinds[many, kind] = r
    for (_, kind), r in sorted(kinds.items(), key=lambda item: (item[1]["replicas"], item[1]["us_per_epoch"])):
        yield f"gpu-train, {kind}, {r['replicas']} x {r['blocks']} blocks", r


def splines(records):
    for r in sorted(records, key=lambda r: (r.get("replicas", 0), r.get("us_per_evaluation", 0))):
        if r["record"] == "splines" and r.get("us_per_evaluation") and r["passed"]:
            iteration = f"; L-BFGS {r['us_per_iteration']:.1f} us"
            title = f"gpu-train, {r['replicas']} x {r['blocks']} blocks{iteration}"
            yield title, {**r, "us_per_epoch": r["us_per_evaluation"]}


def compare(records, peers):
    lines = [(title, r["replicas"], r["us_per_epoch"], r.get("peak_share"), "yes") for title, r in records]
    # A peer is compared with our best for as many replicas.
    best = {}
    for _, replicas, time, _, _ in lines:
        best[replicas] = max(best.get(replicas, 0), replicas / time)
    for r in peers:
        agrees = r.get("error") or ("yes" if r["agrees"] else f"NO: off by {r['loss_error']:.1e}")
        lines.append((f"{r['peer']} {r['version']}", r["replicas"], r.get("us_per_epoch"), None, agrees))
    print(f"{'':58}{'replicas':>9}{'us/epoch':>11}{'replica-epochs/s':>18}{'% of peak':>11}{'ours/this':>11}  loss agrees")
    for title, replicas, time, share, agrees in lines:
        line = f"{title[:57]:58}{replicas:>9}"
        if time:
            rate = replicas / time
            ratio = f"{best[replicas] / rate:.1f}" if replicas in best else ""
            line += f"{time:>11.2f}{1e6 * rate:>18,.0f}{f'{100 * share:.1f}' if share else '':>11}{ratio:>11}"
        else:
            line += " " * 51
        print(f"{line}  {agrees}")


def second_order(directory):
    """Ten steps of Levenberg-Marquardt, ours and PyTorch's."""
    ours = read(os.path.join(directory, "second-order.json"), json.load)
    if not ours:
        return
    print()
    print(f"Levenberg-Marquardt, [11,80,40,1], {ours['rows']:,} rows, float64: a step")
    print(f"{'ours: ' + ours['method']:88}{ours['ms_per_step']:>10.3f} ms")
    lines = read(os.path.join(directory, "second-order-peers.jsonl"), lambda file: [json.loads(line) for line in file])
    for r in lines:
        agrees = "yes" if r["agrees"] else f"NO: off by {r['loss_error']:.1e}"
        ratio = r["ms_per_step"] / ours["ms_per_step"]
        print(f"{r['peer']:88}{r['ms_per_step']:>10.3f} ms   ours/this {ratio:.1f}   losses agree: {agrees}")


def main():
    directory = sys.argv[1]
    records = read(os.path.join(directory, "bench.json"), json.load)
    records = records["records"] if records else []
    peers = read(os.path.join(directory, "peers.jsonl"), lambda file: [json.loads(line) for line in file])
    device = next((r for r in records if r["record"] == "device"), {})
    peak = device.get("peak_gflops")
    print(
        f"{device.get('device', 'no device')}, driver {device.get('driver')}, commit {' '.join(sys.argv[2:])}; "
        f"Adam, float32 without TF32 unless said otherwise; medians"
    )
    print(f"measured float32 multiply-add peak: {peak / 1e3:.1f} TFLOP/s" if peak else "peak not measured")
    for title, network, rows, batch, parameters in CASES:
        print()
        print(title)
        compare(list(ours(records, network, rows, batch)), [r for r in peers if r["parameters"] == parameters])
    print()
    print("Splines [4,8,1], 5 intervals of order 3, 1,872 rows, float64: an evaluation of loss and gradient")
    compare(list(splines(records)), [r for r in peers if r["parameters"] == SPLINE_PARAMETERS])
    second_order(directory)
    checked = [r for r in records if "passed" in r]
    print(
        f"checked against float64: {sum(r['passed'] for r in checked)} of {len(checked)}; "
        f"refused by the device: {sum('error' in r for r in records)}"
    )


main()
