#!/usr/bin/env python3
"""Time of a full-batch Adam epoch of a small GELU network in PyTorch on the CPU: the best of many short runs.

    pytorch_epoch.py [rows] [width width ...]      default: 1720 rows, 13 80 40 3

Prints one line per thread count and variant: `pytorch <version> <variant> <threads> <microseconds>`. Variants: the usual
module with autograd and torch.optim.Adam (for-loop and foreach), the same traced with torch.jit, and the backward pass
written by hand with in-place operations, the fastest that we know how to write without leaving PyTorch.
"""
import math
import sys
import time

import torch

rows = int(sys.argv[1]) if len(sys.argv) > 1 else 1720
widths = [int(w) for w in sys.argv[2:]] or [13, 80, 40, 3]
torch.manual_seed(1)
x = torch.rand(rows, widths[0])
y = torch.sin(x.sum(1, keepdim=True) + torch.arange(widths[-1]))


def network():
    torch.manual_seed(2)
    layers = []
    for a, b in zip(widths, widths[1:]):
        layers += [torch.nn.Linear(a, b), torch.nn.GELU()]
    return torch.nn.Sequential(*layers[:-1])


def autograd(foreach, traced):
    model = network()
    forward = torch.jit.trace(model, x) if traced else model
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-4, foreach=foreach)
    loss = torch.nn.HuberLoss()

    def epoch():
        optimizer.zero_grad(set_to_none=True)
        value = loss(forward(x), y)
        value.backward()
        optimizer.step()
        return value

    return epoch


def by_hand():
    model = network()
    linears = [layer for layer in model if isinstance(layer, torch.nn.Linear)]
    w = [layer.weight.detach().clone() for layer in linears]
    b = [layer.bias.detach().clone() for layer in linears]
    flat = torch.cat([t.flatten() for pair in zip(w, b) for t in pair])
    views, offset = [], 0
    for a, c in zip(widths, widths[1:]):
        views.append((flat[offset : offset + a * c].view(c, a), flat[offset + a * c : offset + a * c + c]))
        offset += a * c + c
    m, v, state = torch.zeros_like(flat), torch.zeros_like(flat), {"t": 0}

    def epoch():
        h, saved = x, []
        for i, (weight, bias) in enumerate(views):
            z = torch.addmm(bias, h, weight.t())
            saved.append((h, z))
            h = torch.nn.functional.gelu(z) if i + 1 < len(views) else z
        e = h - y
        value = torch.nn.functional.huber_loss(h, y)
        d = e.clamp_(-1, 1).div_(e.numel())
        gradients = []
        for i in range(len(views) - 1, -1, -1):
            below, z = saved[i]
            gradients.append((d.t() @ below, d.sum(0)))
            if i:
                d = torch.ops.aten.gelu_backward(d @ views[i][0], saved[i - 1][1])
        g = torch.cat([t.flatten() for pair in reversed(gradients) for t in pair])
        state["t"] += 1
        t = state["t"]
        m.mul_(0.9).add_(g, alpha=0.1)
        v.mul_(0.999).addcmul_(g, g, value=0.001)
        flat.addcdiv_(m, v.sqrt().div_(math.sqrt(1 - 0.999**t)).add_(1e-8), value=-1e-4 / (1 - 0.9**t))
        return value

    return epoch


def microseconds(epoch):
    first = float(epoch())
    for _ in range(30):
        epoch()
    best = math.inf
    for _ in range(12):
        start = time.perf_counter()
        for _ in range(30):
            last = epoch()
        best = min(best, (time.perf_counter() - start) / 30)
    if not float(last) < first:
        raise SystemExit(f"not training: loss {first} -> {float(last)}")
    return best * 1e6


for threads in (1, 2):
    torch.set_num_threads(threads)
    for name, make in (
        ("autograd", lambda: autograd(False, False)),
        ("autograd-foreach", lambda: autograd(True, False)),
        ("jit-trace", lambda: autograd(True, True)),
        ("by-hand", by_hand),
    ):
        with torch.no_grad() if name == "by-hand" else torch.enable_grad():
            print(f"pytorch {torch.__version__} {name} {threads} {microseconds(make()):.0f}", flush=True)
