#!/usr/bin/env python3
"""Fits the polynomials of the complex logarithm and exponential and prints src/complex_coefficients.inc.

Needs numpy and scipy; the method is that of fit_activations.py.

  LOG    log(1 + f) = f - f^2/2 + f^3 p(f), 1 + f in [sqrt(1/2), sqrt(2)]
  EXP    exp(r) = 1 + r + r^2 p(r), |r| <= log(2)/2
  SIN    sin(r) = r + r^3 p(r^2), COS: cos(r) = 1 - r^2/2 + r^4 p(r^2), |r| <= pi/4
  ATAN   atan(t) = t + t^3 p(t^2), |t| <= 1
"""

import numpy as np
from fit_activations import emit, lawson


def series(x, terms, exact, near=0.03):
    """exact(x), or near 0, where that cancels, the power series with these coefficients."""
    power = np.polynomial.polynomial.polyval(x, terms)
    with np.errstate(all="ignore"):
        return np.where(np.abs(x) < near, power, exact(x))


def main():
    root = np.sqrt(2)
    log, log_error = lawson(
        lambda f: series(f, [(-1) ** k / (k + 3) for k in range(12)], lambda f: (np.log1p(f) - f + f * f / 2) / f**3),
        lambda f: np.abs(f**3 / np.log1p(f)), 1 / root - 1, root - 1, 8)
    exp, exp_error = lawson(
        lambda r: series(r, [1 / 2, 1 / 6, 1 / 24, 1 / 120, 1 / 720, 1 / 5040], lambda r: (np.expm1(r) - r) / r**2),
        lambda r: r * r * np.exp(-r), -0.3467, 0.3467, 4)
    # 0.787 leaves room for the rounding of the quotient that picks the quadrant.
    low, high = 0.0, 0.787**2
    sin, sin_error = lawson(
        lambda s: series(s, [-1 / 6, 1 / 120, -1 / 5040, 1 / 362880], lambda s: (np.sin(np.sqrt(s)) / np.sqrt(s) - 1) / s),
        lambda s: s, low, high, 2)
    cos, cos_error = lawson(
        lambda s: series(s, [1 / 24, -1 / 720, 1 / 40320], lambda s: (np.cos(np.sqrt(s)) - 1 + s / 2) / s**2),
        lambda s: s * s, low, high, 2)
    atan, atan_error = lawson(
        lambda s: series(s, [(-1) ** (k + 1) / (2 * k + 3) for k in range(8)],
                         lambda s: (np.arctan(np.sqrt(s)) / np.sqrt(s) - 1) / s),
        lambda s: s * np.sqrt(s) / np.arctan(np.sqrt(s)), 1e-9, 1.0, 8)
    print("// Written by native/tools/fit_complex_functions.py; lowest power first.")
    print("// clang-format off")
    print(f"// Largest errors before rounding, relative: log {log_error:.2g}, exp {exp_error:.2g}, sin {sin_error:.2g}, "
          f"atan {atan_error:.2g}; absolute: cos {cos_error:.2g}.")
    for name, values in (("kLog", log), ("kExp", exp), ("kSin", sin), ("kCos", cos), ("kAtan", atan)):
        emit(name, values)


if __name__ == "__main__":
    main()
