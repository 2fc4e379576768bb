#!/usr/bin/env python3
"""Time of an evaluation of a spline network's loss and gradient in PyTorch, float64: [4, 8, 1], 5 intervals of order 3, 1,872 rows.

An L-BFGS iteration is little more than an evaluation or two, in every implementation, so that this is what is compared. The
splines of all edges are dense tensors by the recursion of Cox and de Boor, as pykan computes them; those of the first layer are
computed once, as its inputs and knots do not change. Eager, and forward and backward in a CUDA graph.
"""

import argparse
import json
import statistics
import time

import numpy
import torch


def splines(x, t, order):
    """x [rows, n], t [n, knots] -> [rows, n, knots - order - 1]"""
    x = x.unsqueeze(-1)
    b = ((x >= t[:, :-1]) & (x < t[:, 1:])).to(x.dtype)
    for p in range(1, order + 1):
        left = (x - t[:, : -p - 1]) / (t[:, p:-1] - t[:, : -p - 1])
        right = (t[:, p + 1 :] - x) / (t[:, p + 1 :] - t[:, 1:-p])
        b = left * b[..., :-1] + right * b[..., 1:]
    return b


def layers(flat, widths, intervals, order, device):
    """[(base, scale, coefficients, mask, knots)]"""
    result, at = [], 0
    for n, m in zip(widths, widths[1:]):
        shapes = [(m, n), (m, n), (m, n, intervals + order), (m, n), (n, intervals + 2 * order + 1)]
        layer = []
        for shape in shapes:
            size = int(numpy.prod(shape))
            layer.append(torch.tensor(flat[at : at + size].reshape(shape), device=device))
            at += size
        result.append(layer)
    return result


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--problem", required=True, help="file that gputrain_cuda_bench --splines --dump wrote")
    parser.add_argument("--reference", required=True, help="JSON that it printed")
    parser.add_argument("--results", required=True, help="a line of JSON for each variant is added here")
    parser.add_argument("--cpu", action="store_true", help="on the processor, to check correctness only")
    options = parser.parse_args()
    device = "cpu" if options.cpu else "cuda"
    with open(options.reference) as file:
        expected = json.load(file)
    values = numpy.fromfile(options.problem)
    rows, inputs = expected["all_rows"], expected["inputs"]
    x, y, flat = numpy.split(values, [rows * inputs, rows * (inputs + 1)])
    # The training rows as the bench orders them.
    chosen = [(i * 5 + 3) % rows for i in range(rows)][: expected["rows"]]
    x = torch.tensor(x.reshape(rows, inputs)[chosen], device=device)
    y = torch.tensor(y.reshape(rows, 1)[chosen], device=device)
    order = expected["order"]
    widths = [inputs, expected["hidden"], 1]
    network = layers(flat, widths, expected["intervals"], order, device)
    leaves = [tensor.requires_grad_() for layer in network for tensor in layer[:3]]
    first = splines(x, network[0][4], order), torch.nn.functional.silu(x)

    def evaluate():
        for leaf in leaves:
            leaf.grad = None
        at, basis, silu = x, *first
        for base, scale, coefficients, mask, knots in network:
            if at is not x:
                basis, silu = splines(at, knots, order), torch.nn.functional.silu(at)
            curves = torch.einsum("rij,oij->roi", basis, coefficients)
            at = (mask * (base * silu.unsqueeze(1) + scale * curves)).sum(-1)
        loss = (at - y).square().mean()
        loss.backward()
        return loss.detach()

    def measure(name, run, sync):
        loss = float(run())
        norm = float(torch.cat([leaf.grad.flatten() for leaf in leaves]).norm())
        error = max(abs(loss / expected["loss"] - 1), abs(norm / expected["gradient_norm"] - 1))
        result = {"peer": name, "version": torch.__version__, "replicas": 1, "parameters": expected["parameters"]}
        result.update(loss_error=error, agrees=error < 1e-7)
        if not options.cpu:
            for _ in range(20):
                run()
            sync()
            times = []
            for _ in range(7):
                start = time.perf_counter()
                for _ in range(200):
                    run()
                sync()
                times.append((time.perf_counter() - start) / 200 * 1e6)
            result["us_per_epoch"] = statistics.median(times)
        with open(options.results, "a") as file:
            file.write(json.dumps(result) + "\n")
        print(json.dumps(result), flush=True)

    if options.cpu:
        measure("PyTorch splines, eager", evaluate, lambda: None)
        return
    measure("PyTorch splines, eager", evaluate, torch.cuda.synchronize)
    side = torch.cuda.Stream()
    side.wait_stream(torch.cuda.current_stream())
    with torch.cuda.stream(side):
        for _ in range(3):
            evaluate()
    torch.cuda.current_stream().wait_stream(side)
    for leaf in leaves:
        leaf.grad = None
    graph = torch.cuda.CUDAGraph()
    with torch.cuda.graph(graph):
        captured = evaluate()

    def replay():
        graph.replay()
        return captured

    measure("PyTorch splines, CUDA graph", replay, torch.cuda.synchronize)


main()
