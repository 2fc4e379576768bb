#!/usr/bin/env python3
"""Fits the polynomials of the activation kernels and prints src/coefficients.inc.

Needs numpy and scipy. Each fit minimises the largest relative error (Lawson's
iteratively reweighted least squares in a Chebyshev basis, then a change to
monomials in float64 and a rounding to float32).

  GELU   Phi(-a) = exp(-a^2/2) u q(u), u = 1 / (1 + c a), a in [0, 14.5]
  EXP2   2^f, f in [-0.5, 0.5]
  TANH   tanh(x) = x + x^3 p(x^2), |x| <= 0.625
"""

import numpy as np
from scipy.special import erfcx


def lawson(function, low, high, degree, rounds=200, points=6000):
    """Coefficients, lowest power first, of the polynomial p that minimises max |p/f - 1| on [low, high]."""
    theta = np.cos(np.pi * (np.arange(points) + 0.5) / points)
    x = (low + high) / 2 + (high - low) / 2 * theta
    value = function(x)
    basis = np.polynomial.chebyshev.chebvander(theta, degree) / value[:, None]
    weight = np.ones(points)
    best = (np.inf, None)
    for _ in range(rounds):
        root = np.sqrt(weight)
        fit = np.linalg.lstsq(basis * root[:, None], root, rcond=None)[0]
        error = np.abs(basis @ fit - 1)
        if error.max() < best[0]:
            best = (error.max(), fit)
        weight = weight * (error / error.max() + 1e-4)
        weight /= weight.mean()
    series = np.polynomial.chebyshev.Chebyshev(best[1], domain=[low, high])
    return series.convert(kind=np.polynomial.Polynomial).coef, best[0]


def gelu_fit(scale, degree, reach=14.5):
    def tail_over_u(u):
        a = (1 / u - 1) / scale
        return 0.5 * erfcx(a / np.sqrt(2)) / u

    return lawson(tail_over_u, 1 / (1 + scale * reach), 1.0, degree)


def emit(name, values):
    body = ", ".join(f"{np.float32(v).item():.9g}f" for v in values)
    print(f"constexpr float {name}[] = {{{body}}};")


def main():
    degree = 8
    scales = np.arange(0.18, 0.36, 0.01)
    scale = min(scales, key=lambda c: gelu_fit(c, degree)[1])
    scale = float(np.float32(scale))
    q, gelu_error = gelu_fit(scale, degree)
    exp2, exp2_error = lawson(np.exp2, -0.5, 0.5, 5)
    tanh, tanh_error = lawson(
        lambda s: np.where(s < 1e-4, -1 / 3 + 2 * s / 15, (np.tanh(np.sqrt(s)) / np.sqrt(s) - 1) / s),
        1e-8, 0.625**2, 4)
    print("// Written by native/tools/fit_activations.py; lowest power first.")
    print(f"// Largest relative errors before rounding: q {gelu_error:.2g}, exp2 {exp2_error:.2g}, "
          f"tanh {tanh_error:.2g} (of the cubic factor).")
    print(f"constexpr float kTailScale = {np.float32(scale).item():.9g}f;")
    emit("kTail", q)
    emit("kExp2", exp2)
    emit("kTanh", tanh)


if __name__ == "__main__":
    main()
