"""One mistake, made on purpose in the small study's program: is it told, where, when, and how well?

`argument` names the mistake. The program is the exported one; the mistake is in its data, in the request it is written
from, or in one of its lines. What is judged, and how, is in docs/survey.md.
"""

import os
import re

from plumbline_export import Unsupported, write_program

from plumbline_survey import native_engine, programs, small_study, words
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
    try:
        if stack == "native":
            make_natively(question, request, answer)
        elif framework is None or framework.idiom is None:
            answer.empty(question, "Mistakes are made in Python programs, and Plumbline writes none for this stack.")
        else:
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
        right = Attempt(stack)
        small_study.write_npz("right.npz", right.data)
        program = right.program()
        without = programs.run_program(program, "right.npz", DEADLINE_SECONDS, "right.py")
        answer.evidence("# Without the mistake:\n" + program, without.output, finished.exit_status)
        silent(question, finished, finished.accuracy, without, without.accuracy, answer)
    else:
        told(question, program, finished, answer)


# In Plumbline's own engine

NOT_IN_STUDIES = {
    "forgotten_zero_grad": "A study file has no steps to forget one of.",
    "softmax_twice": "A study file has no softmax: the loss takes it.",
    "dense_size": "A study file does not state the size of a dense layer's input: Plumbline works it out.",
}


def make_natively(question, request, answer):
    if question in NOT_IN_STUDIES:
        raise CannotBeMade(NOT_IN_STUDIES[question])
    text = native_engine.study_text()
    attempt = Attempt("pytorch")  # for its data
    if question == "unlike_addition":
        text = native_engine.study_text(native_engine.UNLIKE_LAYERS)
    elif question == "wrong_channels":
        attempt.data = small_study.data_set(channels=3)
    else:
        MISTAKES[question](attempt)
    small_study.write_npz("data.npz", attempt.data)
    finished = native_engine.run(request, text)
    answer.evidence(text, finished.output, finished.exit_status)
    if finished.exit_status == 0:
        small_study.write_npz("data.npz", small_study.data_set())
        right = native_engine.run(request, native_engine.study_text())
        silent(question, finished, native_engine.accuracy(finished), right, native_engine.accuracy(right), answer)
        return
    message = finished.standard_error.partition("plumbline: ")[2].strip().replace(os.getcwd() + "/", "")
    value = {
        "outcome": "refused",
        "message": message,
        "seconds": round(finished.seconds, 2),
        "names_layer": any(name in message for name in native_engine.layer_names(text)),
        "names_cause": names_cause(question, message),
    }
    when = f"refused before training, after {words.seconds(value['seconds'])}"
    answer.cell(question, value, f"{when}, {named_text(question, value)}")


# Judging


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
        "names_cause": names_cause(question, failure.message),
    }
    answer.cell(question, value, told_text(question, value))


def told_text(question, value):
    if value["section"] is None:
        return f"the process ends with no traceback of the program, after {words.seconds(value['seconds'])}"
    when = f"{value['exception']} in {value['section']} after {words.seconds(value['seconds'])}"
    return f"{when}, {named_text(question, value)}"


def named_text(question, value):
    cause = CAUSES[question][0] if question in CAUSES else "shapes"
    named = [word for word, key in (("layer", "names_layer"), (cause, "names_cause")) if value[key]]
    return "names " + words.joined(named) if named else f"names neither layer nor {cause}"


def names_layer(message, program):
    """Whether a layer of the program, by its name or its class, is a word of the message."""
    start = program.index("# Model")
    model = program[start : program.index("# Training")]
    names = set(re.findall(r"(?:nn|nnx|layers)\.([A-Z]\w+)\(", model)) | set(re.findall(r"self\.(\w+) =", model))
    found = {re.sub(r"_\d+$", "", word).lower() for word in re.findall(r"\w+", message)}
    return bool({re.sub(r"_\d+$", "", name).lower() for name in names} & found)


# What a message should name where it is not shapes: the word for it, and the sign of it.
CAUSES = {
    "string_labels": ("kind of labels", r"\bstr|string|object|<U|\btexts?\b|\bwords?\b|" + "|".join(WORDS)),
    "nan_input": ("NaN", r"\bnan\b|not finite|finite"),
    "labels_out_of_range": ("label", r"\b4\b|\b5\b"),
}


def names_cause(question, message):
    if question in CAUSES:
        return bool(re.search(CAUSES[question][1], message, re.IGNORECASE))
    return names_shapes(message)


def names_shapes(message):
    """Whether the message has two numbers or more in a row, as in (20, 3, 8, 8), [20,64] or 20x65, or two in brackets
    of their own, as in a (4) ... b (6)."""
    in_a_row = r"\d+\s*(?:,|x)\s*(?:\d+|None)|None\s*,\s*\d+"
    two_alone = r"\(\d+\).*\(\d+\)"
    return bool(re.search(f"{in_a_row}|{two_alone}", message))


def silent(question, finished, accuracy, without, accuracy_without, answer):
    """It trained: how well, and how well the same program does without the mistake; warnings are those it has more."""
    usual = {without_numbers(line) for line in without.standard_error.splitlines()}
    warned = [
        line
        for line in finished.standard_error.splitlines()
        if "warn" in line.lower() and without_numbers(line) not in usual
    ]
    value = {
        "outcome": "trains",
        "accuracy_percent": accuracy,
        "accuracy_percent_without": accuracy_without,
        "warnings": warned,
        "seconds": round(finished.seconds, 2),
    }
    how = "with a warning" if warned else "silently"
    answer.cell(question, value, f"trains {how} to {accuracy:.1f} % ({accuracy_without:.1f} % without)")


def without_numbers(line):
    return re.sub(r"\d+", "", line)
