"""The survey's study as the framework's own program: how long, how many calls and names, and what has to change."""

import copy
import difflib

from plumbline_export import Unsupported, write_program

from plumbline_survey import counting, defaults, words
from plumbline_survey.frameworks import framework_of, prepare_imports

QUESTIONS = ("lines", "calls", "names", "concepts", "overridden_defaults", "other_data", "other_shape", "other_backend")
# Each group is one framework on several backends.
BACKENDS = [["keras-tensorflow", "keras-jax", "keras-torch"]]
OTHER_INPUT, OTHER_CLASSES = [32, 32, 3], 100


def measure(request, answer):
    try:
        program = write_program(request["study"])
    except Unsupported as reason:
        for question in QUESTIONS:
            answer.empty(question, str(reason))
        return
    answer.evidence(program, "", 0)
    measure_program(request["stack"], program, answer)
    measure_changes(request, program, answer)
    measure_backends(request, program, answer)


def measure_program(stack, program, answer):
    counts = counting.count_cpp(program) if stack == "libtorch" else counting.count_python(program)
    answer.cell("lines", counts.lines, str(counts.lines))
    answer.cell("calls", counts.calls, str(counts.calls))
    value = {"names": counts.names, "keywords": counts.keywords}
    keywords = f" and {words.counted(len(counts.keywords), 'keyword')}" if counts.keywords else ""
    answer.cell("names", value, f"{len(counts.names)}{keywords}")
    answer.cell("concepts", counts.concepts, concepts_text(counts.concepts))
    if framework_of(stack).idiom is None:
        answer.empty("overridden_defaults", "Defaults are read off signatures of Python functions.")
        return
    prepare_imports(stack)
    found = defaults.overridden(program)
    entries = [
        {"function": name, "parameter": parameter, "default": default, "given": given}
        for (name, parameter), (default, given) in found.items()
    ]
    names = [".".join(filter(None, [name.split(".")[-1], parameter])) for name, parameter in found]
    answer.cell("overridden_defaults", entries, f"{len(found)}: {words.joined(names)}")


def concepts_text(concepts):
    return f"{len(concepts)}: {words.joined(concepts)}" if concepts else "none of those looked for"


def measure_changes(request, program, answer):
    """From one data set to another: of the same shape only the path changes, which is an argument."""
    other = dict(request["study"], question=request["study"]["question"])
    same_shape = changes(program, write_program(other))
    answer.cell("other_data", same_shape, lines_text(same_shape))
    other["network"] = reshaped(request["study"]["network"])
    other_shape = changes(program, write_program(other))
    answer.cell("other_shape", other_shape, lines_text(other_shape))


def changes(before, after):
    diff = difflib.ndiff(before.splitlines(), after.splitlines())
    return [line for line in diff if line[:2] in ("+ ", "- ")]


def lines_text(changed):
    added = sum(line.startswith("+") for line in changed)
    return words.counted(added, "line") if added else "no line"


def reshaped(network):
    """The same layers for images of another size and another number of classes."""
    network = copy.deepcopy(network)
    network["input"] = OTHER_INPUT
    network["layers"][-1]["units"] = OTHER_CLASSES
    shapes = {"input": OTHER_INPUT}
    for layer in network["layers"]:
        layer["output_shape"] = output_shape(layer, [shapes[name] for name in layer["inputs"]])
        shapes[layer["name"]] = layer["output_shape"]
    return network


def output_shape(layer, inputs):
    """By the rules of docs/study_file.md."""
    operation, shape = layer["operation"], list(inputs[0])
    if operation in ("conv2d", "max_pool", "average_pool"):
        window = layer.get("kernel", layer.get("size"))
        for axis, stride in enumerate(layer["stride"]):
            same = layer["padding"] == "same"
            shape[axis] = -(-shape[axis] // stride) if same else (shape[axis] - window[axis]) // stride + 1
        return shape[:2] + [layer.get("filters", shape[2])]
    if operation == "dense":
        return [layer["units"]]
    if operation == "flatten":
        return [shape[0] * shape[1] * shape[2]] if len(shape) == 3 else shape
    if operation == "global_average_pool":
        return shape[2:]
    if operation == "concatenate":
        return shape[:-1] + [sum(other[-1] for other in inputs)]
    return shape


def measure_backends(request, program, answer):
    others = [group for group in BACKENDS if request["stack"] in group]
    if not others:
        answer.empty("other_backend", "It has no backends, or only one can be installed here.")
        return
    changed = {}
    for stack in others[0]:
        if stack != request["stack"]:
            changed[stack] = changes(program, write_program(dict(request["study"], stack=stack)))
    most = max(changed.values(), key=len)
    answer.cell("other_backend", changed, f"{lines_text(most)} ({words.joined(changed)})")
