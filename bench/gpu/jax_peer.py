#!/usr/bin/env python3
"""Time of a full-batch Adam epoch of [12,80,40,1] (GELU, Huber, 1,720 rows) in JAX, for 1 and for 128 replicas.

Float32 with full-precision products. jit of lax.scan over epochs with donated buffers, unrolled by 1 and by 10; vmap over
the replicas.
"""

import time

import peer


def main():
    options = peer.arguments(__doc__)
    problem = peer.Problem(options.problem, options.reference)
    import jax
    from jax import lax, numpy as jnp

    jax.config.update("jax_default_matmul_precision", "highest")
    if options.cpu:
        jax.config.update("jax_platforms", "cpu")
    elif jax.default_backend() == "cpu":
        raise SystemExit("JAX sees no GPU")
    x, y = jnp.asarray(problem.x), jnp.asarray(problem.y)

    def loss(layers):
        h = x
        for i, (weight, bias) in enumerate(layers):
            h = h @ weight.T + bias
            h = jax.nn.gelu(h, approximate=False) if i + 1 < len(layers) else h
        a = jnp.abs(h - y)
        return jnp.mean(jnp.where(a <= 1, 0.5 * a * a, a - 0.5))

    def epoch(state, _):
        layers, m, v, t = state
        value, g = jax.value_and_grad(loss)(layers)
        t = t + 1
        m = jax.tree_util.tree_map(lambda m, g: peer.BETA1 * m + (1 - peer.BETA1) * g, m, g)
        v = jax.tree_util.tree_map(lambda v, g: peer.BETA2 * v + (1 - peer.BETA2) * g * g, v, g)
        rate = problem.rate / (1 - peer.BETA1**t)
        root = jnp.sqrt(1 - peer.BETA2**t)
        layers = jax.tree_util.tree_map(
            lambda p, m, v: p - rate * m / (jnp.sqrt(v) / root + peer.EPSILON), layers, m, v
        )
        return (layers, m, v, t), value

    def variant(replicas, unroll):
        def make():
            def start():
                layers = [(jnp.array(w), jnp.array(b)) for w, b in problem.layers(replicas)]
                if replicas == 1:
                    layers = [(w[0], b[0]) for w, b in layers]
                # Donated buffers must be distinct.
                zeros = [jax.tree_util.tree_map(jnp.zeros_like, layers) for _ in range(2)]
                t = jnp.zeros((), jnp.float32) if replicas == 1 else jnp.zeros(replicas, jnp.float32)
                return layers, zeros[0], zeros[1], t

            def epochs(state):
                return lax.scan(epoch, state, None, length=100, unroll=unroll)

            hundred = jax.jit(epochs if replicas == 1 else jax.vmap(epochs), donate_argnums=0)
            held = {}

            def reset():
                held["state"] = start()

            def run(n):
                for _ in range(n // 100):
                    held["state"], held["losses"] = hundred(held["state"])

            run.multiple = 100
            return (
                reset,
                run,
                lambda: held["losses"].reshape(-1, 100)[0, -1],
                lambda: jax.block_until_ready(held["state"]),
            )

        return make

    began = time.monotonic()
    for replicas in (1, 128):
        for unroll in (1, 10):
            name = f"JAX, scan{'' if replicas == 1 else ' + vmap'}, unroll {unroll}"
            peer.measure(problem, options, name, jax.__version__, replicas, variant(replicas, unroll), began)


main()
