#!/usr/bin/env python3
"""Time of an epoch of a complex product-unit network in PyTorch on the CPU: the best of several short runs.

    pytorch_product_units.py [rows batch inputs linear units]      default: 2099 500 10 20 40 (CPUN-L)

Mini-batches in a new order every epoch, the loss (Re y - t)^2 + (Im y)^2, Adam. Prints one line per thread count and
variant: `pytorch <version> <variant> <threads> <microseconds>`. Variants: complex tensors with autograd, as one writes it
from the equations, with torch.optim.Adam in its two forms; the same on pairs of real tensors; and that traced with
torch.jit.
"""
import math
import sys
import time

import torch

rows, batch, n, m, p = [int(a) for a in sys.argv[1:6]] or [2099, 500, 10, 20, 40]
torch.manual_seed(1)
x = torch.rand(rows, n)
y = torch.sin(x.sum(1))


def planes():
    torch.manual_seed(2)
    shapes = [((n, m), n), ((m,), n), ((m, p), m), ((p,), p), ((1,), p)]
    return [[torch.nn.Parameter((2 * torch.rand(s) - 1) / math.sqrt(f)) for _ in range(2)] for s, f in shapes]


def complex_loss():
    parameters = [torch.nn.Parameter(torch.complex(re.data, im.data)) for re, im in planes()]
    z = x.to(torch.complex64)

    def loss(i):
        w, b, e, c, d = parameters
        out = torch.exp(torch.log(z[i] @ w + b) @ e) @ c + d
        return ((out.real - y[i]) ** 2 + out.imag**2).mean()

    return parameters, loss


def real_loss(traced):
    pairs = planes()
    parameters = [t for pair in pairs for t in pair]

    def of_batch(xi, yi, *ps):
        wr, wi, br, bi, er, ei, cr, ci, dr, di = ps
        zr, zi = torch.addmm(br, xi, wr), torch.addmm(bi, xi, wi)
        lr, li = 0.5 * torch.log(zr * zr + zi * zi), torch.atan2(zi, zr)
        sr, si = lr @ er - li @ ei, lr @ ei + li @ er
        size = torch.exp(sr)
        ur, ui = size * torch.cos(si), size * torch.sin(si)
        out_r, out_i = ur @ cr - ui @ ci + dr, ur @ ci + ui @ cr + di
        return ((out_r - yi) ** 2 + out_i**2).mean()

    f = torch.jit.trace(of_batch, (x[:batch], y[:batch], *parameters)) if traced else of_batch
    return parameters, lambda i: f(x[i], y[i], *parameters)


def training(parameters, loss, foreach):
    optimizer = torch.optim.Adam(parameters, lr=1e-3, foreach=foreach)

    def epoch():
        for i in torch.randperm(rows).split(batch):
            optimizer.zero_grad(set_to_none=True)
            value = loss(i)
            value.backward()
            optimizer.step()
        return value

    return epoch


def microseconds(epoch):
    first = float(epoch())
    for _ in range(20):
        epoch()
    best = math.inf
    for _ in range(10):
        start = time.perf_counter()
        for _ in range(20):
            last = epoch()
        best = min(best, (time.perf_counter() - start) / 20)
    if not float(last) < first:
        raise SystemExit(f"not training: loss {first} -> {float(last)}")
    return best * 1e6


for threads in (1, 2):
    torch.set_num_threads(threads)
    for name, make in (
        ("complex", lambda: training(*complex_loss(), False)),
        ("complex-foreach", lambda: training(*complex_loss(), True)),
        ("real-pairs", lambda: training(*real_loss(False), False)),
        ("real-pairs-traced", lambda: training(*real_loss(True), True)),
    ):
        print("pytorch", torch.__version__, name, threads, f"{microseconds(make()):.1f}", flush=True)
