#!/usr/bin/env python3
"""Time of an Adam epoch of CPUN-L (Dellen et al.: 10 inputs, 20 complex linear and 40 complex product units, |z - t|^2;
2,099 rows in 5 batches) in PyTorch or JAX, complex64 throughout.

The batches are taken in the rows' order, which spares the peers the shuffle that ours pays for. PyTorch: autograd with the
fastest Adam, eager and in a CUDA graph of an epoch. JAX: jit of lax.scan over epochs, 1 replica and vmap over 128.
"""

import time

import numpy

import peer

INPUTS, LINEAR, UNITS = 10, 20, 40
SHAPES = [(LINEAR, INPUTS), (LINEAR,), (UNITS, LINEAR), (UNITS,), (1,)]
GUARD = 1e-6


def tensors(flat):
    """The complex tensors of flat parameters [..., n]: of each the real plane, then the imaginary one."""
    result, at = [], 0
    for shape in SHAPES:
        size = int(numpy.prod(shape))
        re, im = (flat[..., at + i * size : at + (i + 1) * size].reshape(*flat.shape[:-1], *shape) for i in range(2))
        result.append((re + 1j * im).astype(numpy.complex64))
        at += 2 * size
    return result


def batches(problem):
    size = problem.expected["batch"]
    return [slice(begin, min(begin + size, len(problem.x))) for begin in range(0, len(problem.x), size)]


def pytorch(problem, options, began):
    import torch

    device = "cpu" if options.cpu else "cuda"
    x = torch.tensor(problem.x, device=device).to(torch.complex64)
    y = torch.tensor(problem.y[:, 0], device=device)
    parts = [(x[rows], y[rows]) for rows in batches(problem)]

    def make(captured):
        def build():
            start = [torch.tensor(value, device=device) for value in tensors(problem.initial[0])]
            leaves = [value.clone().requires_grad_() for value in start]
            more = {} if options.cpu else {"foreach": True, "capturable": True}
            optimizer = torch.optim.Adam(
                leaves, lr=problem.rate, betas=(peer.BETA1, peer.BETA2), eps=peer.EPSILON, **more
            )
            total = torch.zeros((), device=device)

            def epoch():
                total.zero_()
                weight, bias, exponents, coefficients, constant = leaves
                for rows, targets in parts:
                    optimizer.zero_grad(set_to_none=True)
                    z = rows @ weight.T + bias
                    size = z.abs().clamp_min(GUARD)
                    log = torch.complex(torch.log(size), torch.angle(z))
                    out = torch.exp(log @ exponents.T) @ coefficients + constant
                    losses = (out.real - targets).square() + out.imag.square()
                    losses.mean().backward()
                    optimizer.step()
                    total.add_(losses.detach().sum() / len(x))

            def reset():
                with torch.no_grad():
                    for leaf, value in zip(leaves, start):
                        leaf.copy_(value)
                    for state in optimizer.state.values():
                        for value in state.values():
                            value.zero_()

            step = epoch
            if captured:
                side = torch.cuda.Stream()
                side.wait_stream(torch.cuda.current_stream())
                with torch.cuda.stream(side):
                    for _ in range(3):
                        epoch()
                torch.cuda.current_stream().wait_stream(side)
                graph = torch.cuda.CUDAGraph()
                with torch.cuda.graph(graph):
                    epoch()
                step = graph.replay

            def run(n):
                for _ in range(n):
                    step()

            sync = (lambda: None) if options.cpu else torch.cuda.synchronize
            return reset, run, lambda: total, sync

        return build

    if not options.cpu:
        peer.measure(problem, options, "PyTorch, autograd, CUDA graph", torch.__version__, 1, make(True), began)
    peer.measure(problem, options, "PyTorch, autograd, eager", torch.__version__, 1, make(False), began)


def jax(problem, options, began):
    import jax
    from jax import lax, numpy as jnp

    jax.config.update("jax_default_matmul_precision", "highest")
    if options.cpu:
        jax.config.update("jax_platforms", "cpu")
    elif jax.default_backend() == "cpu":
        raise SystemExit("JAX sees no GPU")
    x, y = jnp.asarray(problem.x), jnp.asarray(problem.y[:, 0])
    each = problem.expected["checked_epochs"]

    # Adam moves the planes apart, so real parameters are what is differentiated.
    def loss(planes, rows):
        weight, bias, exponents, coefficients, constant = [re + 1j * im for re, im in planes]
        z = x[rows] @ weight.T + bias
        square = jnp.maximum(z.real**2 + z.imag**2, GUARD**2)
        log = 0.5 * jnp.log(square) + 1j * jnp.arctan2(z.imag, z.real)
        out = jnp.exp(log @ exponents.T) @ coefficients + constant
        return jnp.mean((out.real - y[rows]) ** 2 + out.imag**2)

    tree = jax.tree_util.tree_map

    def epoch(state, _):
        planes, m, v, t = state
        total = 0.0
        for rows in batches(problem):
            value, g = jax.value_and_grad(loss)(planes, rows)
            total += value * (rows.stop - rows.start) / len(x)
            t = t + 1
            m = tree(lambda m, g: peer.BETA1 * m + (1 - peer.BETA1) * g, m, g)
            v = tree(lambda v, g: peer.BETA2 * v + (1 - peer.BETA2) * g * g, v, g)
            rate = problem.rate / (1 - peer.BETA1**t)
            root = jnp.sqrt(1 - peer.BETA2**t)
            planes = tree(lambda p, m, v: p - rate * m / (jnp.sqrt(v) / root + peer.EPSILON), planes, m, v)
        return (planes, m, v, t), total

    def make(replicas):
        def build():
            def epochs(state):
                return lax.scan(epoch, state, None, length=each)

            scan = jax.jit(epochs if replicas == 1 else jax.vmap(epochs))
            held = {}

            def reset():
                which = 0 if replicas == 1 else numpy.arange(replicas) % len(problem.initial)
                flat = problem.initial[which]
                planes = [(jnp.array(value.real), jnp.array(value.imag)) for value in tensors(flat)]
                zeros = tree(jnp.zeros_like, planes)
                held["state"] = (planes, zeros, zeros, jnp.zeros(() if replicas == 1 else replicas, jnp.float32))

            def run(n):
                for _ in range(n // each):
                    held["state"], held["losses"] = scan(held["state"])

            run.multiple = each
            last = lambda: held["losses"].reshape(-1, each)[0, -1]
            return reset, run, last, lambda: jax.block_until_ready(held["state"])

        return build

    for replicas in (1, 128):
        name = "JAX, scan" if replicas == 1 else "JAX, scan + vmap"
        peer.measure(problem, options, name, jax.__version__, replicas, make(replicas), began)


def main():
    options = peer.arguments(__doc__)
    problem = peer.Problem(options.problem, options.reference, INPUTS, 2)
    {"pytorch": pytorch, "jax": jax}[options.peer](problem, options, time.monotonic())


main()
