"""One update in float64, from gradient and slots, by each formula that a framework may mean by the optimizer's name."""

import numpy as np

# The slots of each optimizer, in the words of src/engine/reference/optimizers/update.h.
SLOTS = {
    "sgd": ["velocity"],
    "adam": ["m", "v"],
    "adamw": ["m", "v"],
    "rmsprop": ["v", "velocity"],
    "adagrad": ["accumulator"],
    "adadelta": ["v", "s"],
}


def expected_slots(name, n, g, before):
    """The slots after a step on gradient `g`; `n` are the optimizer's numbers, `before` the slots before."""
    if name == "sgd":
        return {"velocity": n["momentum"] * before["velocity"] + g}
    if name in ("adam", "adamw"):
        m = n["beta_1"] * before["m"] + (1 - n["beta_1"]) * g
        return {"m": m, "v": n["beta_2"] * before["v"] + (1 - n["beta_2"]) * g * g}
    if name == "adagrad":
        return {"accumulator": before["accumulator"] + g * g}
    v = n["rho"] * before["v"] + (1 - n["rho"]) * g * g
    if name == "rmsprop":
        return {"v": v}  # its velocity is of steps, which have dialects
    d = np.sqrt(before["s"] + n["epsilon"]) / np.sqrt(v + n["epsilon"]) * g
    return {"v": v, "s": n["rho"] * before["s"] + (1 - n["rho"]) * d * d}


def possible_steps(name, n, t, g, before, after):
    """{dialect: what is taken off the weights, over the learning rate}; adamw's decay apart."""
    if name == "sgd":
        return {"nesterov": g + n["momentum"] * after["velocity"]} if n["nesterov"] else {"": after["velocity"]}
    if name == "adadelta":
        return {"": np.sqrt(before["s"] + n["epsilon"]) / np.sqrt(after["v"] + n["epsilon"]) * g}
    if name in ("adam", "adamw"):
        c_1, c_2 = 1 - n["beta_1"] ** t, 1 - n["beta_2"] ** t
        return {
            "algorithm 1": after["m"] / c_1 / (np.sqrt(after["v"] / c_2) + n["epsilon"]),
            "epsilon-hat": np.sqrt(c_2) / c_1 * after["m"] / (np.sqrt(after["v"]) + n["epsilon"]),
        }
    square = after["accumulator" if name == "adagrad" else "v"]
    steps = {"outside": g / (np.sqrt(square) + n["epsilon"]), "inside": g / np.sqrt(square + n["epsilon"])}
    if name == "rmsprop" and n["momentum"]:
        return {dialect: n["momentum"] * before["velocity"] + d for dialect, d in steps.items()}
    return steps
