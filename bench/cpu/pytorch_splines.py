#!/usr/bin/env python3
"""Time of an evaluation (objective and gradient) and of an L-BFGS iteration of a spline-edge (Kolmogorov-Arnold) network in
PyTorch on the CPU, float64, all rows: the best of several short runs.

    pytorch_splines.py [rows intervals order width width ...]      default: 1872 5 3 4 8 1

L-BFGS is torch.optim.LBFGS with its strong Wolfe line search, ten pairs, rate 1; the loss is the mean squared error. Prints
one line per thread count and variant: `pytorch <version> <variant> <threads> <us/evaluation> <us/iteration>`. All variants
are checked against the first one before they are timed. They are, from how pykan computes to the fastest that we know how
to write without leaving PyTorch:

  edges          dense bases of all inputs by the recursion, then every edge's function, [rows, inputs, outputs], then their
                 sum over the inputs; autograd through everything, in every layer and evaluation. So does pykan.
  matmul         base, scale and coefficients folded into one matrix per layer, so that a layer is one product; the first
                 layer's bases, which never change between grid updates, are kept
  matmul-jit     the same, traced with torch.jit
  local          like matmul, but with only the order + 1 splines that are not 0, and their coefficients gathered
  by-hand        like matmul, but with the backward pass written by hand: bases and derivatives from one local recursion,
                 scattered into a dense matrix

Every thread count has a process of its own: OpenBLAS takes its number of threads at the start only, and with more of them
than torch has, products wait for cores that others use.
"""
import math
import os
import subprocess
import sys
import time

if "OPENBLAS_NUM_THREADS" not in os.environ:
    for count in ("1", "2"):
        environment = {**os.environ, "OPENBLAS_NUM_THREADS": count}
        subprocess.run([sys.executable, *sys.argv], env=environment, check=True)
    sys.exit()

import torch

arguments = [int(a) for a in sys.argv[1:]]
rows, intervals, order, *widths = arguments or [1872, 5, 3, 4, 8, 1]
if len(widths) < 2:
    raise SystemExit(__doc__)
torch.set_default_dtype(torch.float64)
torch.manual_seed(1)
x = 2 * torch.rand(rows, widths[0]) - 1
y = torch.sin(3 * x.sum(1, keepdim=True) + torch.arange(widths[-1]))
splines = intervals + order
knots = 2 * (torch.arange(intervals + 2 * order + 1) - order) / intervals - 1


def parameters():
    """Of each layer base and scale [inputs, outputs] and coefficients [inputs, splines, outputs], as pykan starts them."""
    torch.manual_seed(2)
    result = []
    for n, m in zip(widths, widths[1:]):
        base = (2 * torch.rand(n, m) - 1) / math.sqrt(n)
        noise = 0.3 / intervals * (torch.rand(n, splines, m) - 0.5)
        result += [torch.nn.Parameter(t) for t in (base, torch.full((n, m), 1 / math.sqrt(n)), noise)]
    return result


def dense_bases(h):
    """[rows, inputs, splines]."""
    h = h.unsqueeze(2)
    b = ((h >= knots[:-1]) & (h < knots[1:])).to(h.dtype)
    for p in range(1, order + 1):
        rising = (h - knots[: -p - 1]) / (knots[p:-1] - knots[: -p - 1])
        falling = (knots[p + 1 :] - h) / (knots[p + 1 :] - knots[1:-p])
        b = rising * b[:, :, :-1] + falling * b[:, :, 1:]
    return b


# More knots on each side, so that every interval has its order + 1 splines; coefficients there are 0.
step = knots[1] - knots[0]
outer = step * torch.arange(1, order + 1)
padded = torch.cat([knots[0] - outer.flip(0), knots, knots[-1] + outer])


def local_bases(h):
    """Index of the first [rows, inputs] and values of all splines that are not 0, and their derivatives."""
    inside = (h >= knots[0]) & (h < knots[-1])
    q = (torch.searchsorted(padded, h.detach().contiguous(), right=True) - 1).clamp(order, len(padded) - order - 2)
    t = [padded[q + i] for i in range(1 - order, order + 1)]  # t[order - 1] <= h < t[order]
    b = [inside.to(h.dtype)]
    for p in range(1, order + 1):
        below, saved, higher = b, torch.zeros_like(h), []
        for r in range(p):
            right, left = t[order + r], t[order - p + r]
            share = b[r] / (right - left)
            higher.append(saved + (right - h) * share)
            saved = (h - left) * share
        b = [*higher, saved]
    slopes = [order * below[r] / (t[order + r] - t[r]) for r in range(order)]
    zero = torch.zeros_like(h)
    derivatives = [a - c for a, c in zip([zero, *slopes], [*slopes, zero])]
    return q - order, torch.stack(b, 2), torch.stack(derivatives, 2)


silu = torch.nn.functional.silu


def edges_loss(*p):
    h = x
    for base, scale, coefficient in zip(p[::3], p[1::3], p[2::3]):
        spline = torch.einsum("rij,ijo->rio", dense_bases(h), coefficient)
        phi = base * silu(h).unsqueeze(2) + scale * spline
        h = phi.sum(1)
    return (h - y).square().mean()


def matrix(base, scale, coefficient):
    """[inputs * (splines + 1), outputs]: an input's base weights, then its coefficients."""
    return torch.cat([base.unsqueeze(1), scale.unsqueeze(1) * coefficient], 1).flatten(0, 1)


def design(h):
    return torch.cat([silu(h).unsqueeze(2), dense_bases(h)], 2).flatten(1)


first_design = design(x)


def matmul_loss(*p):
    h = first_design @ matrix(*p[:3])
    for l in range(3, len(p), 3):
        h = design(h) @ matrix(*p[l : l + 3])
    return (h - y).square().mean()


first_local = local_bases(x)
first_silu = silu(x)


def local_loss(*p):
    h = x
    for l in range(0, len(p), 3):
        base, scale, coefficient = p[l : l + 3]
        n = coefficient.shape[0]
        first, values, _ = first_local if l == 0 else local_bases(h)
        of_silu = first_silu if l == 0 else silu(h)
        weights = torch.nn.functional.pad(scale.unsqueeze(1) * coefficient, (0, 0, order, order)).flatten(0, 1)
        index = (first + torch.arange(n) * (splines + 2 * order)).unsqueeze(2) + torch.arange(order + 1)
        # A bag per row: the sum of rows of `weights`, each times a spline's value, without the gathered rows themselves.
        bag = torch.nn.functional.embedding_bag(
            index.flatten(1), weights, mode="sum", per_sample_weights=values.flatten(1)
        )
        h = of_silu @ base + bag
    return (h - y).square().mean()


def by_hand():
    p = parameters()
    shapes = [t.shape for t in p]
    flat = torch.nn.Parameter(torch.cat([t.detach().flatten() for t in p]))
    flat.grad = torch.zeros_like(flat)
    ends = torch.tensor([0] + [s.numel() for s in shapes]).cumsum(0).tolist()
    views = [flat.detach()[a:b].view(s) for a, b, s in zip(ends, ends[1:], shapes)]
    gradients = [flat.grad[a:b].view(s) for a, b, s in zip(ends, ends[1:], shapes)]

    def both(h):
        """The design and its derivative with respect to the inputs, [rows, inputs, splines + 1]."""
        first, values, derivatives = local_bases(h)
        index = first.unsqueeze(2) + torch.arange(order + 1)
        s = torch.sigmoid(h)
        full = torch.zeros(2, *h.shape, splines + 1 + 2 * order)
        for target, local in zip(full, (values, derivatives)):
            target.scatter_(2, index + 1, local)
        full = full[..., order : order + splines + 1]
        full[0, :, :, 0] = h * s
        full[1, :, :, 0] = s * (1 + h * (1 - s))
        return full

    kept = first_design.contiguous()

    @torch.no_grad()
    def evaluate():
        h, saved = None, []
        for l in range(0, len(views), 3):
            w = matrix(*views[l : l + 3])
            full = both(h) if l else None
            d = full[0].flatten(1) if l else kept
            saved.append((d, full, w))
            h = d @ w
        residual = h - y
        value = residual.square().mean()
        g = residual * (2 / residual.numel())
        for l in range(len(views) - 3, -1, -3):
            d, full, w = saved[l // 3]
            base, scale, coefficient = gradients[l : l + 3]
            of_matrix = (d.t() @ g).view(base.shape[0], splines + 1, base.shape[1])
            base.copy_(of_matrix[:, 0])
            torch.mul(of_matrix[:, 1:], views[l + 1].unsqueeze(1), out=coefficient)
            torch.sum(of_matrix[:, 1:] * views[l + 2], 1, out=scale)
            if l:
                g = ((g @ w.t()).view(full.shape[1:]) * full[1]).sum(2)
        return value

    return [flat], evaluate


def by_autograd(loss, traced=False):
    p = parameters()
    f = torch.jit.trace(loss, tuple(p)) if traced else loss

    def evaluate():
        for t in p:
            t.grad = None
        value = f(*p)
        value.backward()
        return value

    return p, evaluate


def answer(parameters, evaluate):
    value = float(evaluate())
    return torch.cat([torch.tensor([value])] + [t.grad.flatten() for t in parameters])


def best(function, repeats, calls):
    result = math.inf
    for _ in range(repeats):
        start = time.perf_counter()
        for _ in range(calls):
            function()
        result = min(result, (time.perf_counter() - start) / calls)
    return result * 1e6


VARIANTS = {
    "edges": lambda: by_autograd(edges_loss),
    "matmul": lambda: by_autograd(matmul_loss),
    "matmul-jit": lambda: by_autograd(matmul_loss, True),
    "local": lambda: by_autograd(local_loss),
    "by-hand": by_hand,
}
ITERATIONS = 5
threads = int(os.environ["OPENBLAS_NUM_THREADS"])
torch.set_num_threads(threads)
reference = answer(*VARIANTS["edges"]())
for name, make in VARIANTS.items():
    p, evaluate = make()
    if not torch.allclose(answer(p, evaluate), reference, rtol=1e-9, atol=1e-12):
        raise SystemExit(f"{name} computes something else")
    first = float(evaluate())
    best(evaluate, 1, 20)
    evaluation = best(evaluate, 60, 5)
    optimizer = torch.optim.LBFGS(
        p, 1, ITERATIONS, 10**6, tolerance_grad=0, tolerance_change=0, history_size=10, line_search_fn="strong_wolfe"
    )
    for _ in range(2):
        optimizer.step(evaluate)
    iteration = best(lambda: optimizer.step(evaluate), 40, 1) / ITERATIONS
    if not float(evaluate()) < first:
        raise SystemExit(f"{name} is not training")
    print("pytorch", torch.__version__, name, threads, f"{evaluation:.1f} {iteration:.1f}", flush=True)
