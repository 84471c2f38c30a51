"""What all golden scripts share: the inputs, and the form in which numbers are written down.

`generate` runs the other scripts of this folder: each runs one framework on these inputs and writes what came out into
a JSON file beside it. golden_test.cc holds the oracle to the files. A case names its dialect in the words of
src/engine/dialect_words.cc.
"""

import json
import math
import pathlib

import numpy as np

FOLDER = pathlib.Path(__file__).parent

# Numbers of few bits, so that a framework that keeps one of them in float32 alters nothing.
RATE, MOMENTUM, RHO, BETA_1, BETA_2, EPSILON, DECAY = 0.125, 0.75, 0.875, 0.75, 0.9375, 2.0**-7, 2.0**-5

WEIGHTS = [1.5, -0.5, 0.25]
# Of three steps. The second weight begins with a gradient of 0, the third's are as small as epsilon.
GRADIENTS = [[0.5, 0.0, 2.0**-8], [-0.25, -0.5, 2.0**-7], [0.125, 0.25, -(2.0**-8)]]

# For constants in float32: what users write, and gradients of the size that they see. The weights are so small that
# their own rounding hides nothing of the updates.
ADAM = {"name": "adam", "learning_rate": 1e-3, "beta_1": 0.9, "beta_2": 0.999, "epsilon": 1e-8}
SMALL_WEIGHTS = [0.0, 1e-3, -1e-4, 1e-5]
RECORDED_STEPS = (1, 10, 30)


def small_gradients(step):
    """1e-5 to 1e-2, of both signs, in float32: of any step, from 1."""
    sizes = [1e-3, 3e-4, 1e-5, 1e-2]
    return [np.float32(size * math.cos(step * (index + 1))) for index, size in enumerate(sizes)]


def pattern(shape, multiplier, modulus, scale=1.0):
    """(i * multiplier) mod modulus - modulus // 2, times scale: whole numbers, with ties."""
    count = int(np.prod(shape))
    values = [(i * multiplier % modulus - modulus // 2) * scale for i in range(count)]
    return np.array(values, np.float64).reshape(shape)


def array(values):
    """Shape and numbers; a float32 number as the float64 that it is."""
    values = np.asarray(values)
    return {"shape": list(values.shape), "numbers": [_number(x) for x in values.astype(np.float64).ravel()]}


def _number(x):
    return int(x) if x == int(x) else float(x)


def layer(operation, **members):
    return {"operation": operation, **members}


def layer_case(name, described, inputs, dialect=None, parameters=None, mask=None, float32=False, **found):
    """`found`: output, inference, d_<parameter>, d_input for `d_output`, running moments; each an array."""
    return {
        "name": name,
        "layer": described,
        "dialect": dialect or {},
        "input": array(inputs),
        "parameters": {key: array(value) for key, value in (parameters or {}).items()},
        **({"mask": array(mask)} if mask is not None else {}),
        **({"float32": True} if float32 else {}),
        "found": {key: array(value) for key, value in found.items()},
    }


def update_case(name, optimizer, initial, steps, dialect=None, numbers=None, float32=False):
    """`numbers`: dampening, or an initial_accumulator that a study cannot name. `initial`: (weights, first slot, second
    slot), where a slot may be None. `steps`: [(t, before, gradients, after)], where `before` is None when it is what
    was after the step before, or initial."""

    def state(values):
        return {key: listed(value) for key, value in zip(("weights", "first", "second"), values) if value is not None}

    def listed(values):
        return array(values)["numbers"]

    def step(t, before, gradients, after):
        given = {"before": state(before)} if before is not None and t > 1 else {}
        return {"t": t, **given, "gradients": listed(gradients), "after": state(after)}

    case = {"name": name, "optimizer": optimizer, "dialect": dialect or {}, **(numbers or {})}
    if float32:
        case["float32"] = True
    return {**case, "initial": state(initial), "steps": [step(*each) for each in steps]}


def three_steps(take, read):
    """Free-running float64: `take(gradients)` a step, `read()` the state."""
    initial = read()
    steps = []
    for t, gradients in enumerate(GRADIENTS, 1):
        take(np.array(gradients))
        steps.append((t, None, gradients, read()))
    return initial, steps


def many_steps(take, read):
    """The same over many steps in float32, of which some are kept."""
    initial = read()
    steps = []
    for t in range(1, max(RECORDED_STEPS) + 1):
        before = read()
        gradients = np.array(small_gradients(t), np.float32)
        take(gradients)
        if t in RECORDED_STEPS:
            steps.append((t, before, gradients, read()))
    return initial, steps


def loss_case(name, loss, outputs, labels, value, gradient, dialect=None):
    return {
        "name": name,
        "loss": loss,
        "dialect": dialect or {},
        "outputs": array(outputs),
        "labels": list(labels),
        "value": float(value),
        "gradient": array(gradient),
    }


def write(file, source, updates=(), layers=(), losses=()):
    groups = {"updates": updates, "layers": layers, "losses": losses}
    text = [f'{{"source": {json.dumps(source)}']
    for group, cases in groups.items():
        lines = ",\n".join(json.dumps(case, separators=(",", ":")) for case in cases)
        text.append(f'"{group}": [\n{lines}\n]' if lines else f'"{group}": []')
    (FOLDER / file).write_text(",\n".join(text) + "\n}\n")
    print(f"{file}: {sum(len(list(cases)) for cases in groups.values())} cases from {source}")


# ---- The inputs of the layers, channels last.

IMAGE = (1, 5, 6, 2)
TIED_IMAGE = (1, 4, 5, 1)
LABELS = (2, 0, 3, 1)


def image(shape=IMAGE):
    return pattern(shape, 7, 11)


def tied_image(shape=TIED_IMAGE):
    """Small whole numbers: most windows have ties."""
    return pattern(shape, 5, 3)


def kernel(height, width, inputs=2, outputs=2):
    return pattern((height, width, inputs, outputs), 5, 7)


def d_output(shape):
    return pattern(shape, 3, 5)


AT_THE_KINK = np.array([-2.0, -0.5, 0.0, 0.25, 3.0])


def logits(shape=(4, 5)):
    return pattern(shape, 7, 11, 0.5)


def saturated_logits():
    """Probabilities below 1e-7 and above 1 - 1e-7, of labels and of others, besides ordinary ones."""
    return np.array([[0.0, 1.0, -20.0, 2.0, 1.0], [25.0, 0, 0, 1, 2], [0.5, 0, 1, -1, 0], [0, 0, 40, 1, 2]], np.float64)


SATURATED_LABELS = (2, 0, 3, 1)

BATCH_NORM = {
    "gamma": np.array([1.5, -0.5]),
    "beta": np.array([0.25, 1.0]),
    "moving_mean": np.array([0.5, -1.0]),
    "moving_variance": np.array([2.0, 3.0]),
}


def adam_like(**more):
    numbers = {"learning_rate": RATE, "beta_1": BETA_1, "beta_2": BETA_2, "epsilon": EPSILON}
    return {"name": "adam", **numbers, **more}
