"""Writes error_function.csv: erf and erfc to float64 from 60-digit arithmetic (mpmath). Run: python3 make_error_function.py"""

import pathlib

import mpmath

mpmath.mp.dps = 60
points = sorted(
    {0.0, 1e-300, 1e-20, 1e-8, 0.46875, 0.46876, 4.0, 4.0001, 26.5}
    | {round(0.0625 * i + 0.001 * (i % 7), 6) for i in range(1, 97)}
    | {float(x) for x in range(6, 27)}
)
with open(pathlib.Path(__file__).parent / "error_function.csv", "w", encoding="ascii") as out:
    out.write("x,erf,erfc\n")
    for x in [-x for x in reversed(points) if x > 0] + points:
        exact = mpmath.mpf(x)
        out.write(f"{x!r},{float(mpmath.erf(exact))!r},{float(mpmath.erfc(exact))!r}\n")
