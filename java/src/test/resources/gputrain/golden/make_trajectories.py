"""Writes trajectory-*.json: what PyTorch in float64 does with small plans, for the engines to follow.

Run: python3 make_trajectories.py   (needs torch; written with 1.13)

Everything that a run starts from is computed here from first principles, not taken from the Java program: Philox4x32-10,
the initial values, the shuffles. Data are bytes over 256 and sums of products of two of them, exact in float32.
"""

import json
import math
import pathlib

import torch

MASK = 0xFFFFFFFF
DATA_STREAM = 0x64617461
INITIAL_STREAM = 0x696E6974
SHUFFLE_STREAM = 0x73687566


def philox(key, counter_low, counter_high):
    """Philox4x32-10 of Salmon et al. (SC 2011): four words of a 64-bit key and a 128-bit counter."""
    c = [counter_low & MASK, counter_low >> 32, counter_high & MASK, counter_high >> 32]
    k = [key & MASK, key >> 32]
    for _ in range(10):
        a, b = 0xD2511F53 * c[0], 0xCD9E8D57 * c[2]
        c = [(b >> 32) ^ c[1] ^ k[0], b & MASK, (a >> 32) ^ c[3] ^ k[1], a & MASK]
        k = [(k[0] + 0x9E3779B9) & MASK, (k[1] + 0xBB67AE85) & MASK]
    return c


def word(key, index, stream):
    return philox(key, index // 4, stream)[index % 4]


def data(rows, inputs, outputs, seed):
    x = [[(word(seed, r * inputs + i, DATA_STREAM) >> 24) / 256 for i in range(inputs)] for r in range(rows)]
    y = [
        [sum((-1) ** (i + k) * row[i] * row[(i + k + 1) % inputs] for i in range(inputs)) / 4 for k in range(outputs)]
        for row in x
    ]
    return torch.tensor(x, dtype=torch.float64), torch.tensor(y, dtype=torch.float64)


def network(widths, activation, seed):
    functions = {"GELU": torch.nn.GELU, "TANH": torch.nn.Tanh, "RELU": torch.nn.ReLU}
    layers = []
    for fan_in, fan_out in zip(widths, widths[1:]):
        layers += [torch.nn.Linear(fan_in, fan_out, dtype=torch.float64), functions[activation]()]
    model = torch.nn.Sequential(*layers[:-1])
    index = 0
    for linear in model[::2]:
        bound = 1 / math.sqrt(linear.in_features)
        for parameter in (linear.weight, linear.bias):
            units = [(word(seed, index + i, INITIAL_STREAM) >> 8) * 2.0**-24 for i in range(parameter.numel())]
            values = torch.tensor([bound * (2 * u - 1) for u in units], dtype=torch.float64)
            with torch.no_grad():
                parameter.copy_(values.float().double().reshape(parameter.shape))
            index += parameter.numel()
    return model


class ProductUnits(torch.nn.Module):
    """Product units in PyTorch's complex or real arithmetic; parameters are planes of real numbers, in our order."""

    def __init__(self, plan):
        super().__init__()
        self.complex, self.guard = plan["complex"], plan["guard"]
        n, m, p = plan["widths"]
        shapes = ([((m, n), n), ((m,), n)] if m else []) + [((p, m or n), m or n), ((p,), p), ((1,), p)]
        self.planes = torch.nn.ParameterList()
        index = 0
        for shape, fan_in in shapes:
            for _ in range(2 if self.complex else 1):
                count = math.prod(shape)
                units = [(word(plan["seed"], index + i, INITIAL_STREAM) >> 8) * 2.0**-24 for i in range(count)]
                values = torch.tensor([(2 * u - 1) / math.sqrt(fan_in) for u in units], dtype=torch.float64)
                self.planes.append(torch.nn.Parameter(values.float().double().reshape(shape)))
                index += count

    def forward(self, x):
        planes = list(self.planes)
        if self.complex:
            planes = [torch.complex(re, im) for re, im in zip(planes[::2], planes[1::2])]
            x = x.to(torch.complex128)
        *linear, exponents, coefficients, bias = planes
        z = x @ linear[0].T + linear[1] if linear else x
        log = torch.log(z) if self.complex else torch.log(torch.clamp(z, min=self.guard))
        return (torch.exp(log @ exponents.T) @ coefficients + bias).unsqueeze(1)


def mixed(h):
    """MurmurHash3's finaliser."""
    h ^= h >> 16
    h = h * 0x85EBCA6B & MASK
    h ^= h >> 13
    h = h * 0xC2B2AE35 & MASK
    return h ^ h >> 16


def permutation(size, seed, epoch):
    """A six-round Feistel network over the next power of four, walked until it lands below size."""
    half = (max(1, (size - 1).bit_length()) + 1) // 2
    keys = (philox(seed, 2 * epoch, SHUFFLE_STREAM) + philox(seed, 2 * epoch + 1, SHUFFLE_STREAM))[:6]
    result = []
    for position in range(size):
        value = position
        while True:
            left, right = value >> half, value & (1 << half) - 1
            for key in keys:
                left, right = right, left ^ mixed(right ^ key) & (1 << half) - 1
            value = left << half | right
            if value < size:
                break
        result.append(value)
    return result


def loss_function(loss):
    if loss["kind"] == "complex":
        return lambda z, target: ((z.real - target) ** 2 + z.imag**2).mean()
    if loss["kind"] == "huber":
        return torch.nn.HuberLoss(delta=loss["delta"])
    return torch.nn.L1Loss() if loss["kind"] == "mae" else torch.nn.MSELoss()


def optimiser(plan, model):
    o = plan["optimizer"]
    if o["kind"] == "adam":
        return torch.optim.Adam(
            model.parameters(), plan["rate"]["rate"], (o["beta1"], o["beta2"]), o["epsilon"], plan["weightDecay"]
        )
    return torch.optim.SGD(
        model.parameters(), plan["rate"]["rate"], momentum=o["momentum"], weight_decay=plan["weightDecay"]
    )


def scheduler(plan, opt):
    r = plan["rate"]
    if r["kind"] == "plateau":
        s = torch.optim.lr_scheduler.ReduceLROnPlateau(
            opt, factor=r["factor"], patience=r["patience"], threshold=r["threshold"], min_lr=r["minimum"], eps=0
        )
        return s.step
    if r["kind"] == "step":
        s = torch.optim.lr_scheduler.StepLR(opt, r["every"], r["factor"])
        return lambda loss: s.step()
    return lambda loss: None


def train(plan):
    widths, rows, seed = plan["widths"], plan["rows"], plan["seed"]
    units = "complex" in plan
    x, y = data(rows, widths[0], 1 if units else widths[-1], seed)
    model = ProductUnits(plan) if units else network(widths, plan["activation"], seed)
    loss_of = loss_function(plan["loss"])
    opt = optimiser(plan, model)
    after = scheduler(plan, opt)
    losses, rates = [], []
    for epoch in range(plan["epochs"]):
        order = permutation(rows, seed, epoch) if plan["batch"] else list(range(rows))
        size = plan["batch"] or rows
        total = 0.0
        rates.append(opt.param_groups[0]["lr"])
        for start in range(0, rows, size):
            batch = order[start : start + size]
            opt.zero_grad()
            loss = loss_of(model(x[batch]), y[batch])
            loss.backward()
            total += loss.item() * len(batch)
            opt.step()
        losses.append(total / rows)
        after(losses[-1])
    final = torch.cat([p.detach().flatten() for p in model.parameters()])
    picked = {str(i): final[i].item() for i in range(0, len(final), max(1, len(final) // 50))}
    return plan | {
        "torch": torch.__version__,
        "losses": losses,
        "rates": rates,
        "parameters": picked,
        "parameterSum": final.sum().item(),
        "parameterSquares": final.square().sum().item(),
    }


def case(widths, activation, loss, optimizer, rate, rows, seed, weight_decay=0.0, batch=0, epochs=200):
    return {
        "widths": widths, "activation": activation, "loss": loss, "optimizer": optimizer, "rate": rate, "rows": rows,
        "seed": seed, "weightDecay": weight_decay, "batch": batch, "epochs": epochs,
    }  # fmt: skip


def product_units(n, m, p, is_complex, guard, *args, **kwargs):
    plan = case([n, m, p], None, {"kind": "complex" if is_complex else "mse"}, *args, **kwargs)
    return plan | {"complex": is_complex, "guard": guard}


ADAM = {"kind": "adam", "beta1": 0.9, "beta2": 0.999, "epsilon": 1e-8}
CASES = {
    "huber-gelu": case([13, 80, 40, 3], "GELU", {"kind": "huber", "delta": 1.0}, ADAM,
                       {"kind": "constant", "rate": 1e-3}, rows=64, seed=1),
    "mae-tanh-decay": case([5, 17, 9, 7, 2], "TANH", {"kind": "mae"},
                           {"kind": "adam", "beta1": 0.8, "beta2": 0.95, "epsilon": 1e-6},
                           {"kind": "step", "rate": 4e-3, "every": 60, "factor": 0.5}, rows=37, seed=2,
                           weight_decay=1e-3),
    "mse-relu-sgd": case([4, 10, 8, 1], "RELU", {"kind": "mse"}, {"kind": "sgd", "momentum": 0.9},
                         {"kind": "constant", "rate": 0.02}, rows=31, seed=3, weight_decay=0.01),
    "huber-gelu-batches": case([7, 20, 2], "GELU", {"kind": "huber", "delta": 0.1}, ADAM,
                               {"kind": "constant", "rate": 2e-3}, rows=50, seed=(5 << 32) + 4, batch=16, epochs=50),
    "mse-gelu-plateau": case([3, 12, 2], "GELU", {"kind": "mse"}, {"kind": "sgd", "momentum": 0.95},
                             {"kind": "plateau", "rate": 0.3, "factor": 0.5, "patience": 4, "threshold": 0.01,
                              "minimum": 0.01}, rows=20, seed=5),
    "complex-units": product_units(10, 20, 40, True, 1e-6, ADAM, {"kind": "step", "rate": 2e-3, "every": 20, "factor": 0.7},
                                   rows=70, seed=6, batch=25, epochs=60),
    "complex-units-sgd": product_units(4, 6, 9, True, 1e-6, {"kind": "sgd", "momentum": 0.9},
                                       {"kind": "constant", "rate": 2e-3}, rows=33, seed=7, weight_decay=1e-3),
    "real-units": product_units(6, 8, 12, False, 0.1, ADAM, {"kind": "constant", "rate": 1e-3}, rows=40, seed=8,
                                weight_decay=1e-4),
}  # fmt: skip

if __name__ == "__main__":
    torch.set_num_threads(1)
    for name, plan in CASES.items():
        path = pathlib.Path(__file__).parent / f"trajectory-{name}.json"
        result = train(plan)
        lines = [f" {json.dumps(key)}: {json.dumps(value)}" for key, value in result.items()]
        path.write_text("{\n" + ",\n".join(lines) + "\n}\n", encoding="ascii")
        print(name, result["losses"][0], "->", result["losses"][-1])
