"""Writes splines.json: B-splines, spline networks and grid updates from SciPy, PyTorch and NumPy in float64.

Run: python3 make_splines.py   (needs torch, scipy, numpy; written with 1.13, 1.10, 1.24)

Three lists; matrices are lists of rows, and G is the number of intervals, k the order, in all of them.

bases: [points, G + k] values and derivatives of all splines on G + 2k + 1 knots. Splines are 1 in sum between knot k and
knot k + G, taper off on the k intervals on each side, and are 0 outside the half-open range from the first to the last
knot; where a derivative jumps, on a knot of order 1, it is the one on the right.

networks: outputs of all rows, the data loss D, the objective F and its gradient with respect to the parameters, and the
gradient of the sum of weights * outputs with respect to the inputs, by automatic differentiation of

  y_o = sum_i phi_oi(x_i),  phi_oi(x) = mask_oi (base_oi silu(x) + scale_oi sum_j c_oij B_j(x; t_i))
  F = D + l1 sum_e a_e - entropy sum_layers sum_e q_e ln q_e + weightDecay / 2 sum of squares of base, scale and c
  a_e = mean over the rows of |phi_e|,  q_e = a_e / sum of the layer's a

Parameters are one vector: of each layer base [m, n], scale [m, n], c [m, n, G + k], mask [m, n], knots [n, G + 2k + 1].
Gradients of masks and knots are 0, as those are not trained.

updates: knots and coefficients that follow the samples x of an input, [edges, G + k] before and after. With x sorted,
n of them, x_0 the smallest:

  quantile_i = x_(floor(n i / G)) for i < G, quantile_G = x_(n - 1)
  uniform_i = x_0 + i h,  h = (x_(n - 1) - x_0) / G
  knot_(k + i) = uniformShare uniform_i + (1 - uniformShare) quantile_i,  0 <= i <= G
  knot_(k - i) = x_0 - i h,  knot_(k + G + i) = x_(n - 1) + i h,  1 <= i <= k

The new coefficients c are those of the smallest sum, over all n samples (a repeated one counts repeatedly), of squared
differences from what the old spline gave there (0 outside its knots), plus 1e-6 n times the sum over the splines j of
(c_j - old spline at the mean of knots j + 1 ... j + k)^2: what no sample decides stays near the old spline. `fitted` are
the new spline's values at the samples, in their given order. The number of intervals may change.
"""

import json
import math
import pathlib

import numpy as np
import scipy
import torch
from make_trajectories import word
from scipy.interpolate import BSpline

STREAM = 0x73706C6E


def signed(count, seed, scale=1.0):
    """Multiples of scale / 128 in +-scale, from first principles, so that nothing depends on a library's generator."""
    return [((word(seed, i, STREAM) >> 24) - 128) * scale / 128 for i in range(count)]


def uniform_knots(intervals, order):
    return [2.0 * (j - order) / intervals - 1 for j in range(intervals + 2 * order + 1)]


def uneven_knots(intervals, order, seed):
    """Steps of 1 to 8 units around 0, of which G steps are about as wide as -1 ... 1."""
    steps = [1 + (word(seed, j, STREAM) >> 29) for j in range(intervals + 2 * order)]
    return [float(t - sum(steps) / 2) / (2 * intervals) for t in np.cumsum([0, *steps])]


def splines(knots, order, points, derivative=0):
    """[points, splines]. SciPy's own base interval leaves out the k outer ones: k more knots on each side bring them in."""
    t = np.concatenate([knots[0] - np.arange(order, 0, -1.0), knots, knots[-1] + np.arange(1.0, order + 1)])
    x = np.asarray(points)
    inside = (x >= knots[0]) & (x < knots[-1])
    columns = []
    for j in range(len(knots) - order - 1):
        one = np.zeros(len(t) - order - 1)
        one[order + j] = 1
        curve = BSpline(t, one, order, extrapolate=False)
        curve = curve.derivative(derivative) if derivative else curve
        columns.append(np.where(inside, curve(np.where(inside, x, knots[0])), 0.0))
    return np.stack(columns, 1)


def bases(intervals, order, knots, seed):
    first, last = knots[0], knots[-1]
    step = (last - first) / 64
    middle = [first + (last - first) * (u + 1) / 2 for u in signed(6, seed)]
    ends = [first - 1, first - step, first + step / 8, last - step / 8, np.nextafter(last, first), last + step, last + 1e6]
    points = sorted({*middle, *map(float, ends), *knots})
    return {
        "intervals": intervals,
        "order": order,
        "knots": knots,
        "points": points,
        "values": splines(knots, order, points).tolist(),
        "derivatives": splines(knots, order, points, 1).tolist(),
    }


def cox_de_boor(x, knots, order):
    """[rows, n, G + k] of x [rows, n] and knots [n, G + 2k + 1], by the recursion over the order, all splines at once."""
    x, t = x.unsqueeze(2), knots.unsqueeze(0)
    b = ((x >= t[..., :-1]) & (x < t[..., 1:])).to(x.dtype)
    for p in range(1, order + 1):
        rising = (x - t[..., : -p - 1]) / (t[..., p:-1] - t[..., : -p - 1])
        falling = (t[..., p + 1 :] - x) / (t[..., p + 1 :] - t[..., 1:-p])
        b = rising * b[..., :-1] + falling * b[..., 1:]
    return b


def edges(x, base, scale, coefficients, mask, knots, order):
    """phi, [rows, m, n]."""
    spline = torch.einsum("rij,oij->roi", cox_de_boor(x, knots, order), coefficients)
    return mask * (base * torch.nn.functional.silu(x).unsqueeze(1) + scale * spline)


def entropy(a):
    """Of one layer; edges that do nothing are left out, as 0 ln 0 = 0."""
    a = a[a > 0]
    q = a / a.sum()
    return -(q * q.log()).sum()


def shapes(widths, intervals, order):
    for n, m in zip(widths, widths[1:]):
        yield (m, n), (m, n), (m, n, intervals + order), (m, n), (n, intervals + 2 * order + 1)


def parameters(widths, intervals, order, seed, masked):
    """The first layer's knots reach over the inputs' range, later ones are wider, as sums of edges are; no two alike."""
    tensors = []
    for l, (matrix, _, coefficients, _, _) in enumerate(shapes(widths, intervals, order)):
        m, n = matrix
        draws = [signed(int(np.prod(s)), seed + 10 * l + i) for i, s in enumerate((matrix, matrix, coefficients))]
        mask = [0.0 if (l, e) in masked or (l, None) in masked else 1.0 for e in range(m * n)]
        if l == 0:
            knots = [uniform_knots(intervals, order), *(uneven_knots(intervals, order, seed + i) for i in range(1, n))]
        else:
            knots = [[(1.5 + i / 4) * t for t in uneven_knots(intervals, order, seed + 20 + i)] for i in range(n)]
        values = [*draws, mask, knots]
        for s, v in zip((matrix, matrix, coefficients, matrix, (n, intervals + 2 * order + 1)), values):
            tensors.append(torch.tensor(v, dtype=torch.float64).reshape(s))
    return tensors


def data_loss(loss, residual):
    if loss["kind"] == "huber":
        d, r = loss["delta"], residual.abs()
        return torch.where(r <= d, r * r / 2, d * (r - d / 2)).mean()
    return residual.abs().mean() if loss["kind"] == "mae" else residual.square().mean()


def network(widths, intervals, order, loss, rows, seed, l1=0.0, entropy_weight=0.0, decay=0.0, masked=()):
    tensors = parameters(widths, intervals, order, seed, set(masked))
    trained = [i % 5 < 3 for i in range(len(tensors))]
    for tensor, is_trained in zip(tensors, trained):
        tensor.requires_grad_(is_trained)
    n, m = widths[0], widths[-1]
    x = torch.tensor(signed(rows * n, seed + 100, 1.25), dtype=torch.float64).reshape(rows, n)
    x[0, :] = tensors[4][:, order + 1].detach()  # on a knot
    x[1, :] = 6.0  # beyond all
    x.requires_grad_(True)
    target = torch.tensor(signed(rows * m, seed + 101), dtype=torch.float64).reshape(rows, m)
    weights = torch.tensor(signed(rows * m, seed + 102), dtype=torch.float64).reshape(rows, m)
    y, l1_sum, entropy_sum = x, 0.0, 0.0
    for l in range(len(widths) - 1):
        phi = edges(y, *tensors[5 * l : 5 * l + 5], order)
        a = phi.abs().mean(0)
        l1_sum, entropy_sum = l1_sum + a.sum(), entropy_sum + entropy(a)
        y = phi.sum(2)
    squares = sum(t.square().sum() for t, is_trained in zip(tensors, trained) if is_trained)
    loss_value = data_loss(loss, y - target)
    objective = loss_value + l1 * l1_sum + entropy_weight * entropy_sum + decay / 2 * squares
    gradients = iter(torch.autograd.grad(objective, [t for t in tensors if t.requires_grad], retain_graph=True))
    gradient = [next(gradients) if is_trained else torch.zeros_like(t) for t, is_trained in zip(tensors, trained)]
    (input_gradient,) = torch.autograd.grad((weights * y).sum(), x)
    return {
        "widths": widths,
        "intervals": intervals,
        "order": order,
        "loss": loss,
        "l1": l1,
        "entropy": entropy_weight,
        "weightDecay": decay,
        "parameters": torch.cat([t.detach().flatten() for t in tensors]).tolist(),
        "inputs": x.tolist(),
        "targets": target.tolist(),
        "outputs": y.tolist(),
        "dataLoss": loss_value.item(),
        "objective": objective.item(),
        "gradient": torch.cat([g.flatten() for g in gradient]).tolist(),
        "weights": weights.tolist(),
        "inputGradient": input_gradient.tolist(),
    }


def update(order, knots, intervals, share, samples, edge_count, seed):
    knots, x = np.array(knots), np.array(samples)
    old = np.array(signed(edge_count * (len(knots) - order - 1), seed)).reshape(edge_count, -1)
    ordered, n = np.sort(x), len(x)
    quantiles = np.array([ordered[n * i // intervals] for i in range(intervals)] + [ordered[-1]])
    step = (ordered[-1] - ordered[0]) / intervals
    inner = share * (ordered[0] + step * np.arange(intervals + 1)) + (1 - share) * quantiles
    outer = step * np.arange(1, order + 1)
    new_knots = np.concatenate([(ordered[0] - outer)[::-1], inner, ordered[-1] + outer])
    assert np.all(np.diff(new_knots) > 0)
    design = splines(new_knots, order, x)
    wanted = splines(knots, order, x) @ old.T
    means = [new_knots[j + 1 : j + order + 1].mean() for j in range(intervals + order)]
    weight = math.sqrt(1e-6 * n)
    near = splines(knots, order, means) @ old.T
    new = np.linalg.lstsq(np.vstack([design, weight * np.eye(len(means))]), np.vstack([wanted, weight * near]), rcond=None)[0]
    return {
        "order": order,
        "intervals": intervals,
        "uniformShare": share,
        "knots": knots.tolist(),
        "coefficients": old.tolist(),
        "samples": samples,
        "newKnots": new_knots.tolist(),
        "newCoefficients": new.T.tolist(),
        "fitted": (design @ new).T.tolist(),
    }


HUBER = {"kind": "huber", "delta": 0.5}
GOLDEN = {
    "torch": torch.__version__,
    "scipy": scipy.__version__,
    "numpy": np.__version__,
    "bases": [
        bases(g, k, knots, 7 * k + g)
        for k, g, h in ((1, 3, 4), (2, 4, 3), (3, 5, 6), (4, 1, 3), (5, 4, 2), (7, 3, 2))
        for g, knots in ((g, uniform_knots(g, k)), (h, uneven_knots(h, k, 31 * k + h)))
    ],
    "networks": [
        network([3, 4, 2], 4, 3, HUBER, 12, 1000, 0.02, 0.03, 0.01, [(0, 5), (1, 2)]),
        network([4, 3, 2, 1], 3, 2, {"kind": "mse"}, 9, 2000, entropy_weight=0.1),
        network([2, 3, 1], 6, 5, {"kind": "mae"}, 7, 3000, l1=0.05),
        network([2, 2, 1], 1, 1, {"kind": "mse"}, 5, 4000, 0.1, 0.2, 0.5, [(1, None)]),
        network([3, 2], 5, 7, {"kind": "mse"}, 8, 5000),
    ],
    "updates": [
        update(3, uniform_knots(5, 3), 5, 0.02, signed(60, 6000), 2, 6001),
        update(3, uneven_knots(6, 3, 6010), 6, 0.5, signed(40, 6011, 0.875), 3, 6012),
        # Fewer different samples than splines, as an even-odd input has.
        update(3, uniform_knots(4, 3), 4, 0.02, [(word(6020, i, STREAM) >> 30) / 2 - 0.75 for i in range(50)], 2, 6021),
        # Finer, and samples that the old knots do not reach.
        update(2, uniform_knots(3, 2), 8, 1.0, signed(48, 6030, 4.0), 1, 6031),
        update(5, uneven_knots(4, 5, 6040), 3, 0.1, signed(30, 6041), 2, 6042),
        update(1, uniform_knots(6, 1), 4, 0.0, signed(17, 6050), 2, 6051),
    ],
}

if __name__ == "__main__":
    path = pathlib.Path(__file__).parent / "splines.json"
    lines = []
    for key, value in GOLDEN.items():
        many = isinstance(value, list)
        text = "[\n" + ",\n".join(f"  {json.dumps(case)}" for case in value) + "\n ]" if many else json.dumps(value)
        lines.append(f" {json.dumps(key)}: {text}")
    path.write_text("{\n" + ",\n".join(lines) + "\n}\n", encoding="ascii")
    for case in GOLDEN["networks"]:
        print(case["widths"], case["dataLoss"], case["objective"])
