"""NumPy's and SciPy's arrays in a framework: where they are taken, what is copied, what comes back."""

import importlib

import numpy as np

from plumbline_survey import words
from plumbline_survey.array_kinds import LABELS, NUMBERS, aligned, kinds
from plumbline_survey.frameworks import framework_of, prepare_imports

QUESTIONS = (
    "numpy_training",
    "numpy_prediction",
    "numpy_evaluation",
    "numpy_conversion",
    "numpy_dtypes",
    "numpy_back",
    "dlpack",
)
INTEGERS = ("int8", "uint8", "int16", "uint16", "int32", "uint32", "int64", "uint64")
DTYPES = ("bool", *INTEGERS, "float16", "float32", "float64", "complex64")
TAKEN, OTHER_NUMBERS = "taken", "taken, with wrong results"
TOLERANCE = 1e-2  # of outputs near 1: float16 has 11 bits, and another order of summation is none of our business


def measure(request, answer):
    framework = framework_of(request["stack"])
    if framework is None or framework.idiom is None:
        for question in QUESTIONS:
            answer.empty(question, "Only frameworks used from Python are given NumPy's arrays.")
        return
    prepare_imports(request["stack"])
    idiom = importlib.import_module("plumbline_survey.idioms." + framework.idiom).Idiom()
    measure_uses(idiom, answer)
    measure_conversions(idiom, answer)
    measure_dtypes(idiom, answer)
    measure_back(idiom, answer)
    measure_dlpack(idiom, answer)


# Where arrays are taken


def measure_uses(idiom, answer):
    found, left_out = kinds()
    usual = converted(idiom, NUMBERS.astype(np.float32))
    outputs, loss = plain(idiom.predict(usual)), np.mean(plain(idiom.evaluate(usual, converted(idiom, LABELS))))
    uses = {
        "numpy_prediction": lambda x: is_close(plain(idiom.predict(x)), outputs),
        "numpy_evaluation": lambda x: is_close(np.mean(plain(idiom.evaluate(x, LABELS))), loss),
        "numpy_training": lambda x: idiom.train(x, LABELS) is None,
    }
    before = {}
    for question, use in uses.items():
        outcomes = {name: outcome_of(use, array) for name, array in found.items()}
        if question == "numpy_training":  # it reads arrays as evaluation does, and nothing else tells what it read
            outcomes.update({name: outcome for name, outcome in before.items() if outcome == OTHER_NUMBERS})
        before = outcomes
        report_use(question, outcomes, left_out, answer)


def report_use(question, outcomes, left_out, answer):
    for name, outcome in outcomes.items():
        print(f"{question}: {name}: {outcome}")
    taken = [name for name, outcome in outcomes.items() if outcome == TAKEN]
    misread = [name for name, outcome in outcomes.items() if outcome == OTHER_NUMBERS]
    refused = [name for name in outcomes if name not in taken + misread]
    parts = [f"{len(taken)} of {len(outcomes)} kinds"]
    parts += [f"not {words.joined(refused, 'or')}"] if taken and refused else []
    parts += [f"with wrong results {words.joined(misread)}"] if misread else []
    parts += ["a mask is ignored"] if "masked array" in taken else []
    parts += [left_out] if left_out else []
    answer.cell(question, {"outcomes": outcomes, "left_out": left_out}, "; ".join(parts))


def converted(idiom, array):
    """By the framework's usual way; Keras takes NumPy's own arrays."""
    if hasattr(idiom, "model") and hasattr(idiom.model, "fit"):
        return array
    return next(iter(idiom.conversions.values()))(array)


def outcome_of(use, array):
    try:
        return OTHER_NUMBERS if use(array) is False else TAKEN
    except Exception as error:  # whatever a framework says to an array is the outcome
        lines = [line.strip() for line in str(error).splitlines() if line.strip()] or [""]
        said = lines[-1] if lines[0] == "in user code:" else lines[0]
        return f"{type(error).__name__}: {said[:160]}"


def is_close(value, expected):
    return np.shape(value) == np.shape(expected) and bool(np.allclose(value, expected, TOLERANCE, TOLERANCE))


def plain(value):
    """As a NumPy array, of whatever came back."""
    if isinstance(value, (list, tuple)):
        value = value[0]
    if hasattr(value, "detach"):
        value = value.detach()
    return np.asarray(value)


# What is copied


def measure_conversions(idiom, answer):
    outcomes = {name: sharing(convert) for name, convert in idiom.conversions.items()}
    answer.cell("numpy_conversion", outcomes, by_outcome(outcomes))


def sharing(convert):
    """Whether the array made has its numbers at the address of the one it was made of, and sees a change there."""
    array = aligned(np.ones((64, 16), np.float32))
    try:
        made = convert(array)
    except Exception as error:
        return f"fails with {type(error).__name__}"
    address = address_of(made)
    array[0, 0] = 7
    sees_change = float(first_number(made)) == 7
    if address is None:
        return "shares memory" if sees_change else "copies"
    return "shares memory" if sees_change and address == array.ctypes.data else "copies"


def address_of(tensor):
    try:
        return np.from_dlpack(tensor).ctypes.data
    except Exception:  # it has no DLPack; then only the change tells
        return None


def first_number(tensor):
    if hasattr(tensor, "get_value"):
        return tensor.get_value(borrow=True).ravel()[0]
    return plain(tensor).ravel()[0]


def by_outcome(outcomes):
    groups = {}
    for name, outcome in outcomes.items():
        groups.setdefault(outcome, []).append(name)
    return "; ".join(f"{outcome}: {words.joined(names)}" for outcome, names in groups.items()) or "no way found"


# What is kept, and what comes back


def measure_dtypes(idiom, answer):
    convert = next(iter(idiom.conversions.values()))
    outcomes = {}
    for name in DTYPES:
        array = np.ones(4, name)
        try:
            outcomes[name] = str(np.asarray(first_value(convert(array))).dtype)
        except Exception as error:
            outcomes[name] = type(error).__name__
    kept = [name for name, after in outcomes.items() if name == after]
    text = f"{len(kept)} of {len(DTYPES)} kept"
    for after in dict.fromkeys(outcomes.values()):
        changed = [name for name in DTYPES if outcomes[name] == after and name != after]
        text += f"; {words.joined(changed)} to {after}" if changed else ""
    answer.cell("numpy_dtypes", outcomes, text)


def first_value(tensor):
    return tensor.get_value() if hasattr(tensor, "get_value") else tensor


def measure_back(idiom, answer):
    output = idiom.predict(converted(idiom, NUMBERS.astype(np.float32)))
    outcomes = {}
    for name, back in idiom.back.items():
        outcomes[name] = sharing_back(back, output)
    kind = f"{type(output).__module__.split('.')[0]}.{type(output).__name__}"
    value = {"prediction": kind, "ways": outcomes}
    is_numpy = isinstance(output, np.ndarray)
    answer.cell("numpy_back", value, kind if is_numpy else f"{kind}; {by_outcome(outcomes)}")


def sharing_back(back, output):
    try:
        array = back(output)
    except Exception as error:
        return f"fails with {type(error).__name__}"
    address = address_of(output)
    if address is None:
        return "gives an array" if isinstance(array, np.ndarray) else "gives " + type(array).__name__
    return "shares memory" if array.ctypes.data == address else "copies"


def measure_dlpack(idiom, answer):
    output = idiom.predict(converted(idiom, NUMBERS.astype(np.float32)))
    outcomes = {}
    if not isinstance(output, np.ndarray):
        outcomes["to NumPy"] = outcome_of(np.from_dlpack, output)
    if idiom.from_dlpack is not None:
        outcomes["from NumPy"] = outcome_of(idiom.from_dlpack, NUMBERS.astype(np.float32))
    if not outcomes:
        answer.cell("dlpack", {}, "not needed: predictions are NumPy's arrays")
        return
    texts = [f"{way} yes" if outcome == TAKEN else f"{way} no" for way, outcome in outcomes.items()]
    answer.cell("dlpack", outcomes, words.joined(texts))
