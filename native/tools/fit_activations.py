#!/usr/bin/env python3
"""Fits the polynomials of the activation kernels and prints src/coefficients.inc.

Needs numpy and scipy. Each fit minimises the largest relative error of the function that it serves (Lawson's
iteratively reweighted least squares in a Chebyshev basis, then a change to monomials in float64 and a rounding to
float32). Expansions are about the point where the result is largest, so that rounding there is smallest.

  GELU   Phi(-a) = exp(-a^2/2) p(t), t = a / (a + b), a in [0, 14.5]
  EXP2   2^f = 1 + f p(f), f in [-0.5, 0.5], and another p for f in [0, 1] with 2^1 = 2
  TANH   tanh(x) = x + x^3 p(x^2), |x| <= 0.625
"""

import numpy as np
from scipy.special import erfcx


def lawson(function, weight, low, high, degree, rounds=200, points=6000):
    """Coefficients, lowest power first, of the polynomial p that minimises max |p - function| weight on [low, high]."""
    theta = np.cos(np.pi * (np.arange(points) + 0.5) / points)
    x = (low + high) / 2 + (high - low) / 2 * theta
    scale = weight(x)
    basis = np.polynomial.chebyshev.chebvander(theta, degree) * scale[:, None]
    value = function(x) * scale
    emphasis = np.ones(points)
    best = (np.inf, None)
    for _ in range(rounds):
        root = np.sqrt(emphasis)
        fit = np.linalg.lstsq(basis * root[:, None], value * root, rcond=None)[0]
        error = np.abs(basis @ fit - value)
        if error.max() < best[0]:
            best = (error.max(), fit)
        emphasis = emphasis * (error / error.max() + 1e-4)
        emphasis /= emphasis.mean()
    series = np.polynomial.chebyshev.Chebyshev(best[1], domain=[low, high])
    return series.convert(kind=np.polynomial.Polynomial).coef, best[0]


def gelu_fit(shift, degree, reach=14.5):
    def tail(t):
        a = shift * t / (1 - t)
        return 0.5 * erfcx(a / np.sqrt(2))

    return lawson(tail, lambda t: 1 / tail(t), 0.0, reach / (reach + shift), degree)


def emit(name, values):
    body = ", ".join(f"{np.float32(v).item():.9g}F" for v in values)
    print(f"constexpr float {name}[] = {{{body}}};")


def main():
    degree = 8
    # The best of 3.0, 3.1, ... 4.9 for this degree.
    shift = float(np.float32(3.4))
    tail, tail_error = gelu_fit(shift, degree)
    exp2, exp2_error = lawson(lambda f: np.expm1(f * np.log(2)) / f, lambda f: np.abs(f) * np.exp2(-f), -0.5, 0.5, 4)
    inner, floor_error = lawson(
        lambda f: (np.exp2(f) - 1 - f) / (f * (f - 1)), lambda f: np.abs(f * (f - 1)) * np.exp2(-f), 0.0, 1.0, 3)
    exp2_floor = np.polynomial.polynomial.polyadd([1.0], np.polynomial.polynomial.polymul([-1.0, 1.0], inner))
    tanh, tanh_error = lawson(
        lambda s: np.where(s < 1e-4, -1 / 3 + 2 * s / 15, (np.tanh(np.sqrt(s)) / np.sqrt(s) - 1) / s),
        lambda s: s * np.sqrt(s) / np.tanh(np.sqrt(s)), 1e-8, 0.625**2, 4)
    print("// Written by native/tools/fit_activations.py; lowest power first.")
    print("// clang-format off")
    print(f"// Largest relative errors before rounding: tail {tail_error:.2g}, exp2 {exp2_error:.2g}, "
          f"{floor_error:.2g}, tanh {tanh_error:.2g}.")
    print(f"constexpr float kTailShift = {np.float32(shift).item():.9g}F;")
    emit("kTail", tail)
    emit("kExp2", exp2)
    emit("kExp2Floor", exp2_floor)
    emit("kTanh", tanh)


if __name__ == "__main__":
    main()
