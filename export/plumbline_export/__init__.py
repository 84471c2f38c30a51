"""Writes a study out as the program that a framework's own user would write: clear, short, without Plumbline.

One module a framework, with `write(study)`. What a framework lacks it says with `Unsupported`. Runs under Python 3.6.
"""

import importlib

from plumbline_export.study import Study, Unsupported

WRITERS = {
    "jax": "jax",
    "keras-jax": "keras3",
    "keras-tensorflow": "keras3",
    "keras-torch": "keras3",
    "keras2-theano": "keras2",
    "libtorch": "libtorch",
    "pytorch": "pytorch",
    "pytorch-compile": "pytorch",
    "tensorflow": "tensorflow",
}
ENDINGS = {"libtorch": ".cc"}


def write_program(request):
    """The program's text. `request` has the members of docs/export.md."""
    stack = request["stack"]
    if stack.startswith("native"):
        raise Unsupported("Plumbline's own engine has no language but the study file, which is its program already.")
    if stack not in WRITERS:
        raise Unsupported(f"Plumbline cannot write programs for the stack '{stack}', only for {', '.join(WRITERS)}.")
    writer = importlib.import_module("plumbline_export." + WRITERS[stack])
    return writer.write(Study(request))


__all__ = ["ENDINGS", "WRITERS", "Unsupported", "write_program"]
