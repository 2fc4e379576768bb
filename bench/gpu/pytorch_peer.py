#!/usr/bin/env python3
"""Time of a full-batch Adam epoch of [12,80,40,1] (GELU, Huber, 1,720 rows) in PyTorch, for 1 and for 128 replicas.

Float32, TF32 off. Variants: autograd with the fastest Adam, eager and in a CUDA graph of 20 epochs; the same with
torch.compile; torch.func.vmap over replicas; and a backward pass written by hand over one flat parameter vector, the
fastest that we know how to write without leaving PyTorch. Replicas are batched matrix products; the sum of their losses
is differentiated, so that each gets its own gradient.
"""

import time

import torch

import peer

REPLICAS = 128
UNROLLED = 20
huber = torch.nn.functional.huber_loss
gelu = torch.nn.functional.gelu


class Training:
    """Parameters of all replicas in one flat tensor with views [replicas, out, in], [replicas, 1, out]."""

    def __init__(self, problem, device, replicas):
        self.device, self.replicas = device, replicas
        self.x = torch.tensor(problem.x, device=device)
        self.y = torch.tensor(problem.y, device=device)
        layers = problem.layers(replicas)
        self.start = torch.tensor(
            peer.numpy.concatenate([a.reshape(-1) for layer in layers for a in layer]), device=device
        )
        self.flat = self.start.clone()
        self.views = self.cut(self.flat)
        self.last = torch.zeros(replicas, device=device)
        # With one replica the plain matrix product is the faster.
        self.inputs = self.x if replicas == 1 else self.x.expand(replicas, *self.x.shape)
        self.problem = problem

    def cut(self, flat):
        """Weights and biases of each layer as views; without the replica axis for a single replica."""
        views, at, r = [], 0, self.replicas
        for a, b in zip(peer.WIDTHS, peer.WIDTHS[1:]):
            weight = flat[at : at + r * a * b].view(r, b, a)
            bias = flat[at + r * a * b : at + r * (a * b + b)].view(r, 1, b)
            views.append((weight[0], bias[0, 0]) if r == 1 else (weight, bias))
            at += r * (a * b + b)
        return views

    def forward(self, views):
        h = self.inputs
        for i, (weight, bias) in enumerate(views):
            h = torch.addmm(bias, h, weight.t()) if self.replicas == 1 else torch.baddbmm(bias, h, weight.mT)
            h = gelu(h) if i + 1 < len(views) else h
        return h

    def adam(self, parameters):
        rate = self.problem.rate
        betas = (peer.BETA1, peer.BETA2)
        if self.device == "cpu":
            return torch.optim.Adam(parameters, lr=rate, betas=betas, eps=peer.EPSILON)
        return torch.optim.Adam(parameters, lr=rate, betas=betas, eps=peer.EPSILON, fused=True, capturable=True)

    def restart(self, optimizer):
        with torch.no_grad():
            self.flat.copy_(self.start)
            for state in optimizer.state.values():
                for value in state.values():
                    value.zero_()


def losses_of(outputs, y):
    """Mean over rows for each replica."""
    values = huber(outputs, y.expand_as(outputs), reduction="none")
    return values.mean().reshape(1) if outputs.dim() == 2 else values.mean((1, 2))


def autograd(training, compiled=False):
    """One epoch, and its optimizer."""
    leaves = [view.detach().requires_grad_() for pair in training.views for view in pair]
    optimizer = training.adam(leaves)

    def losses():
        return losses_of(training.forward(list(zip(leaves[::2], leaves[1::2]))), training.y)

    forward = torch.compile(losses) if compiled else losses

    def epoch():
        optimizer.zero_grad(set_to_none=True)
        values = forward()
        values.sum().backward()
        optimizer.step()
        training.last.copy_(values.detach())

    return epoch, optimizer


def vmapped(training):
    """torch.func: the gradient of one replica's loss, mapped over replicas."""
    leaves = [view.detach() for pair in training.views for view in pair]
    optimizer = training.adam(leaves)

    def loss(weights):
        h = training.x
        for i in range(0, len(weights), 2):
            h = torch.nn.functional.linear(h, weights[i], weights[i + 1].reshape(-1))
            h = gelu(h) if i + 2 < len(weights) else h
        return huber(h, training.y)

    gradient = torch.func.vmap(torch.func.grad_and_value(loss))

    def epoch():
        gradients, values = gradient(tuple(leaves))
        for leaf, g in zip(leaves, gradients):
            leaf.grad = g
        optimizer.step()
        training.last.copy_(values)

    return epoch, optimizer


def by_hand(training):
    flat_gradient = torch.zeros_like(training.flat)
    gradients = training.cut(flat_gradient)
    flat = training.flat
    flat.grad = flat_gradient
    optimizer = training.adam([flat])
    one = training.replicas == 1
    multiply = torch.mm if one else torch.bmm

    @torch.no_grad()
    def epoch():
        h, saved = training.inputs, []
        for i, (weight, bias) in enumerate(training.views):
            z = torch.addmm(bias, h, weight.t()) if one else torch.baddbmm(bias, h, weight.mT)
            saved.append((h, z))
            h = gelu(z) if i + 1 < len(training.views) else z
        training.last.copy_(losses_of(h, training.y))
        d = (h - training.y).clamp_(-1, 1).div_(len(training.y))
        for i in range(len(saved) - 1, -1, -1):
            below, _ = saved[i]
            weight, bias = gradients[i]
            multiply(d.t() if one else d.mT, below, out=weight)
            torch.sum(d, 0 if one else 1, keepdim=not one, out=bias)
            if i:
                d = torch.ops.aten.gelu_backward(multiply(d, training.views[i][0]), saved[i - 1][1])
        optimizer.step()

    return epoch, optimizer


def eager(problem, device, replicas, build):
    def make():
        training = Training(problem, device, replicas)
        epoch, optimizer = build(training)

        def run(n):
            for _ in range(n):
                epoch()

        sync = torch.cuda.synchronize if device == "cuda" else lambda: None
        return lambda: training.restart(optimizer), run, lambda: training.last[0], sync

    return make


def graph(problem, replicas, build):
    def make():
        training = Training(problem, "cuda", replicas)
        epoch, optimizer = build(training)
        side = torch.cuda.Stream()
        side.wait_stream(torch.cuda.current_stream())
        with torch.cuda.stream(side):
            for _ in range(5):
                epoch()
        torch.cuda.current_stream().wait_stream(side)
        captured = torch.cuda.CUDAGraph()
        with torch.cuda.graph(captured):
            for _ in range(UNROLLED):
                epoch()

        def run(n):
            for _ in range(n // UNROLLED):
                captured.replay()

        run.multiple = UNROLLED
        return lambda: training.restart(optimizer), run, lambda: training.last[0], torch.cuda.synchronize

    return make


def main():
    options = peer.arguments(__doc__)
    problem = peer.Problem(options.problem, options.reference)
    torch.set_float32_matmul_precision("highest")
    device = "cpu" if options.cpu else "cuda"
    began = time.monotonic()
    version = torch.__version__

    def go(name, replicas, make):
        peer.measure(problem, options, name, version, replicas, make, began)

    for replicas in (1, REPLICAS):
        if not options.cpu:
            go("PyTorch, by hand, CUDA graph", replicas, graph(problem, replicas, by_hand))
            go("PyTorch, autograd, CUDA graph", replicas, graph(problem, replicas, autograd))
        go("PyTorch, by hand, eager", replicas, eager(problem, device, replicas, by_hand))
        go("PyTorch, autograd, eager", replicas, eager(problem, device, replicas, autograd))
    if hasattr(torch, "func"):
        go("PyTorch, vmap, eager", REPLICAS, eager(problem, device, REPLICAS, vmapped))
        if not options.cpu:
            go("PyTorch, vmap, CUDA graph", REPLICAS, graph(problem, REPLICAS, vmapped))
    if not options.cpu and hasattr(torch, "compile"):
        # Last, because compiling takes longest.
        for replicas in (1, REPLICAS):
            go("PyTorch, compiled, CUDA graph", replicas, graph(problem, replicas, lambda t: autograd(t, True)))


main()
