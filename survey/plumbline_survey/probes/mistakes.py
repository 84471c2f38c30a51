"""One mistake, made on purpose in the small study's program: is it told, where, when, and how well?

`argument` names the mistake. The program is the exported one; the mistake is in its data, in the request it is written
from, or in one of its lines. What is judged, and how, is in docs/survey.md.
"""

import re

from plumbline_export import Unsupported, write_program

from plumbline_survey import programs, small_study, words
from plumbline_survey.frameworks import framework_of

DEADLINE_SECONDS = 150
WORDS = ("zero", "one", "two", "three")


class CannotBeMade(Exception):
    """The framework's programs have nothing that this mistake could be made in. The text is a sentence."""


class Attempt:
    """A program with its data, to be spoilt."""

    def __init__(self, stack):
        self.request = small_study.request_for(stack)
        self.data = small_study.data_set()

    def program(self):
        return write_program(self.request)


def wrong_label_shape(attempt):
    """One-hot labels where class numbers belong."""
    for half in ("train", "test"):
        labels = attempt.data["y_" + half].data
        one_hot = [int(label == number) for label in labels for number in range(small_study.CLASSES)]
        attempt.data["y_" + half] = small_study.integers(one_hot, (len(labels), small_study.CLASSES))
    return attempt.program()


def wrong_channels(attempt):
    """Images of three channels for a network of one."""
    attempt.data = small_study.data_set(channels=3)
    lines = attempt.program().splitlines()
    for number, line in enumerate(lines):
        lines[number] = line.replace("reshape(-1, 8, 8, 1)", "reshape(-1, 8, 8, 3)").replace(
            "reshape(-1, 1, 8, 8)", "reshape(-1, 8, 8, 3).transpose(0, 3, 1, 2)"
        )
    return "\n".join(lines) + "\n"


def string_labels(attempt):
    """Labels that are words."""
    for half in ("train", "test"):
        labels = attempt.data["y_" + half].data
        attempt.data["y_" + half] = small_study.texts([WORDS[label] for label in labels])
    return attempt.program()


def nan_input(attempt):
    """One pixel of every training image is not a number."""
    pixels = attempt.data["x_train"]
    attempt.data["x_train"] = small_study.floats(
        pixels, lambda number, value: float("nan") if number % 64 == 9 else value
    )
    return attempt.program()


def labels_out_of_range(attempt):
    """Labels 1 to 4 for four classes numbered from 0."""
    for half in ("train", "test"):
        labels = attempt.data["y_" + half]
        attempt.data["y_" + half] = small_study.bytes_array([label + 1 for label in labels.data], labels.shape)
    return attempt.program()


def forgotten_zero_grad(attempt):
    """Gradients are not set to zero before a step."""
    lines = attempt.program().splitlines()
    kept = [line for line in lines if "zero_grad" not in line]
    if kept == lines:
        raise CannotBeMade("Its programs have no zero_grad: gradients are not accumulated from step to step.")
    return "\n".join(kept) + "\n"


def softmax_twice(attempt):
    """A softmax on the outputs, and a loss that takes a softmax too."""
    softmax = small_study.layer(
        "softmax", "activation", ["dense_2"], [small_study.CLASSES], activation={"name": "softmax"}
    )
    attempt.request["network"]["layers"].append(softmax)
    return attempt.program()


def dense_size(attempt):
    """A dense layer that is made for one number more than it gets."""
    right = attempt.program()
    layers = attempt.request["network"]["layers"]
    layers[2]["output_shape"] = [layers[2]["output_shape"][0] + 1]
    wrong = attempt.program()
    if wrong == right:
        raise CannotBeMade("Its programs do not state the size of a dense layer's input: the framework works it out.")
    return wrong


def unlike_addition(attempt):
    """The sum of two layers with four and with six channels."""
    attempt.request["network"] = small_study.UNLIKE_BRANCHES
    return attempt.program()


MISTAKES = {
    function.__name__: function
    for function in (
        wrong_label_shape,
        wrong_channels,
        string_labels,
        nan_input,
        labels_out_of_range,
        forgotten_zero_grad,
        softmax_twice,
        dense_size,
        unlike_addition,
    )
}


def measure(request, answer):
    question, stack = request["argument"], request["stack"]
    framework = framework_of(stack)
    if framework is None or framework.idiom is None:
        answer.empty(question, "Mistakes are made in Python programs, and Plumbline writes none for this stack.")
        return
    try:
        make(question, stack, answer)
    except (CannotBeMade, Unsupported) as reason:
        answer.cell(question, {"outcome": "cannot be made", "reason": str(reason)}, f"cannot be made: {reason}")


def make(question, stack, answer):
    attempt = Attempt(stack)
    program = MISTAKES[question](attempt)
    small_study.write_npz("data.npz", attempt.data)
    finished = programs.run_program(program, "data.npz", DEADLINE_SECONDS)
    answer.evidence(program, finished.output, finished.exit_status)
    if finished.exit_status is None:
        value = {"outcome": "no end", "seconds": finished.seconds}
        answer.cell(question, value, f"neither an error nor an end within {DEADLINE_SECONDS} s")
    elif finished.exit_status == 0:
        silent(question, stack, finished, answer)
    else:
        told(question, program, finished, answer)


def told(question, program, finished, answer):
    failure = programs.Failure(program, "program.py", finished.standard_error)
    value = {
        "outcome": "raises",
        "exception": failure.exception,
        "message": failure.message,
        "section": failure.section,
        "statement": failure.statement,
        "seconds": round(finished.seconds, 2),
        "names_layer": names_layer(failure.message, program),
        "names_shapes": names_shapes(failure.message),
    }
    answer.cell(question, value, told_text(value))


def told_text(value):
    named = [
        word for word, is_named in (("layer", value["names_layer"]), ("shapes", value["names_shapes"])) if is_named
    ]
    what = "names " + words.joined(named) if named else "names neither layer nor shapes"
    if value["section"] is None:
        return f"the process ends with no traceback of the program, after {words.seconds(value['seconds'])}"
    return f"{value['exception']} in {value['section']} after {words.seconds(value['seconds'])}, {what}"


def names_layer(message, program):
    """Whether a layer of the program, by its name or its class, is a word of the message."""
    start = program.index("# Model")
    model = program[start : program.index("# Training")]
    names = set(re.findall(r"(?:nn|nnx|layers)\.([A-Z]\w+)\(", model)) | set(re.findall(r"self\.(\w+) =", model))
    found = {re.sub(r"_\d+$", "", word).lower() for word in re.findall(r"\w+", message)}
    return bool({re.sub(r"_\d+$", "", name).lower() for name in names} & found)


def names_shapes(message):
    """Whether the message has two numbers or more in a row, as in (20, 3, 8, 8), [20,64] or 20x65."""
    return bool(re.search(r"\d+\s*(?:,|x)\s*(?:\d+|None)|None\s*,\s*\d+", message))


def silent(question, stack, finished, answer):
    """It trained: how well, and how well the same program does without the mistake."""
    right = Attempt(stack)
    small_study.write_npz("right.npz", right.data)
    program = right.program()
    without = programs.run_program(program, "right.npz", DEADLINE_SECONDS, "right.py")
    answer.evidence("# Without the mistake:\n" + program, without.output, finished.exit_status)
    warned = [line for line in finished.standard_error.splitlines() if "warn" in line.lower()]
    value = {
        "outcome": "trains",
        "accuracy_percent": finished.accuracy,
        "accuracy_percent_without": without.accuracy,
        "warnings": warned,
        "seconds": round(finished.seconds, 2),
    }
    how = "with a warning" if warned else "silently"
    answer.cell(question, value, f"trains {how} to {finished.accuracy:.1f} % ({without.accuracy:.1f} % without)")
