#!/usr/bin/env python3
"""Ten steps of Levenberg-Marquardt on [11, 80, 40, 1], 1,720 rows, in PyTorch, float64, beside the CUDA engine's.

Both take the dual system, K = J J^T / m + s I, and Nielsen's rule as `Optimizer.LevenbergMarquardt` says it, from the same
parameters on the same rows. PyTorch's Jacobian is torch.func's (vmap of grad); as a second variant the layers' products are
written by hand, K = sum over layers of (D D^T) * (H H^T + 1), which never makes a Jacobian.

    second_order_peer.py --make DIRECTORY [--rows N]     writes problem.f64: rows, inputs, targets, parameters
    second_order_peer.py --problem FILE --ours JSON --results FILE [--cpu]
"""

import argparse
import json
import statistics
import time

import numpy
import torch

WIDTHS = [11, 80, 40, 1]
DECAY, DAMPING, TRIALS, STEPS = 5e-6, 1e-2, 12, 10


def make(path, rows):
    random = numpy.random.default_rng(1)
    x = random.uniform(0, 1, (rows, WIDTHS[0]))
    y = numpy.sin(3 * x[:, 0] + 2 * x[:, 1] * x[:, 2]) + x[:, 3:].sum(1) / 4
    flat = []
    for n, m in zip(WIDTHS, WIDTHS[1:]):
        flat.append(random.uniform(-1, 1, (n + 1) * m) / numpy.sqrt(n))
    numpy.concatenate([[rows], x.ravel(), y, *flat]).tofile(path)


def layers(flat):
    at = 0
    for n, m in zip(WIDTHS, WIDTHS[1:]):
        yield flat[at : at + n * m].reshape(m, n), flat[at + n * m : at + (n + 1) * m]
        at += (n + 1) * m


def output(flat, x):
    network = list(layers(flat))
    for weight, bias in network[:-1]:
        x = torch.nn.functional.gelu(torch.nn.functional.linear(x, weight, bias))
    weight, bias = network[-1]
    return torch.nn.functional.linear(x, weight, bias).squeeze(-1)


class Jacobian:
    """By torch.func."""

    def __init__(self, flat, x):
        self.j = torch.func.vmap(torch.func.grad(output), in_dims=(None, 0))(flat, x)

    def outer(self):
        return self.j @ self.j.T

    def times(self, v):
        return self.j @ v

    def transposed(self, u):
        return self.j.T @ u


class Layers:
    """Of each layer its inputs and the outputs' slopes by what it gives."""

    def __init__(self, flat, x):
        self.layers = list(layers(flat))
        self.h, slopes = [x], []
        for weight, bias in self.layers[:-1]:
            z = torch.nn.functional.linear(self.h[-1], weight, bias)
            cumulative = 0.5 * torch.erfc(-z / 2**0.5)
            slopes.append(cumulative + z * torch.exp(-z * z / 2) / (2 * torch.pi) ** 0.5)
            self.h.append(z * cumulative)
        self.d = [torch.ones_like(x[:, :1])]
        for (weight, _), slope in zip(reversed(self.layers[1:]), reversed(slopes)):
            self.d.insert(0, (self.d[0] @ weight) * slope)

    def outer(self):
        return sum((d @ d.T) * (h @ h.T + 1) for d, h in zip(self.d, self.h))

    def times(self, v):
        return sum(
            (torch.nn.functional.linear(h, weight, bias) * d).sum(-1)
            for (weight, bias), d, h in zip(layers(v), self.d, self.h)
        )

    def transposed(self, u):
        parts = []
        for d, h in zip(self.d, self.h):
            e = d * u[:, None]
            parts += [(e.T @ h).flatten(), e.sum(0)]
        return torch.cat(parts)


def train(kind, flat, x, y):
    """The mean square before each of the steps, and the seconds of all."""
    m, mu, growth, losses = len(x), DAMPING, 2.0, []
    sync = torch.cuda.synchronize if x.is_cuda else lambda: None
    sync()
    start = time.perf_counter()
    loss = (output(flat, x) - y).square().mean()
    value = float(loss + DECAY / 2 * flat @ flat)
    for _ in range(STEPS):
        losses.append(float(loss))
        r = output(flat, x) - y
        b = kind(flat, x)
        # W = 2: the Gauss-Newton matrix is 2 J^T J / m + decay.
        g = 2 / m * b.transposed(r) + DECAY * flat
        k = 2 / m * b.outer()
        for _ in range(TRIALS):
            s = DECAY + mu
            factor = torch.linalg.cholesky(k + s * torch.eye(m, dtype=k.dtype, device=k.device))
            d = -(g - 2 / m * b.transposed(torch.cholesky_solve(b.times(g)[:, None], factor)[:, 0])) / s
            to = flat + d
            loss = (output(to, x) - y).square().mean()
            decrease = value - float(loss + DECAY / 2 * to @ to)
            if decrease > 0:
                predicted = float(d @ (mu * d - g)) / 2
                ratio = decrease / predicted if predicted > 0 else 0
                mu *= max(1 / 3, 1 - (2 * ratio - 1) ** 3)
                growth, flat, value = 2.0, to, value - decrease
                break
            mu *= growth
            growth *= 2
    sync()
    return losses, time.perf_counter() - start


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--make", help="file for the problem")
    parser.add_argument("--rows", type=int, default=1720)
    parser.add_argument("--problem")
    parser.add_argument("--ours", help="JSON that SecondOrderTime printed")
    parser.add_argument("--results")
    parser.add_argument("--cpu", action="store_true")
    options = parser.parse_args()
    if options.make:
        make(options.make, options.rows)
        return
    device = "cpu" if options.cpu else "cuda"
    values = numpy.fromfile(options.problem)
    rows = int(values[0])
    x, y, flat = (
        torch.tensor(part, device=device)
        for part in numpy.split(values[1:], [rows * WIDTHS[0], rows * (WIDTHS[0] + 1)])
    )
    x = x.reshape(rows, WIDTHS[0])
    with open(options.ours) as file:
        ours = json.load(file)
    for name, kind in (("torch.func", Jacobian), ("layers by hand", Layers)):
        losses, _ = train(kind, flat, x, y)
        times = [train(kind, flat, x, y)[1] for _ in range(1 if options.cpu else 5)]
        error = max(abs(a / b - 1) for a, b in zip(ours["losses"], losses))
        result = {"peer": f"PyTorch {torch.__version__}, {name}", "rows": rows}
        result.update(ms_per_step=statistics.median(times) / STEPS * 1e3, loss_error=error, agrees=error < 1e-6)
        with open(options.results, "a") as file:
            file.write(json.dumps(result) + "\n")
        print(json.dumps(result), flush=True)


main()
