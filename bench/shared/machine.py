"""The stacks of this machine and the surroundings in which a benchmark runs them."""

import json
import os
import subprocess
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[2]
PROGRAM = PROJECT / "plumbline"


def ready_stacks():
    """{name: what `plumbline list stacks --json` tells}, of those that can run."""
    listed = subprocess.run([PROGRAM, "list", "stacks", "--json"], capture_output=True, check=True).stdout
    return {stack["stack"]: stack for stack in json.loads(listed)["stacks"] if stack["state"] == "ready"}


def variables_of(stack, threads):
    """The environment of a stack's process, with the number of threads wherever a library looks for it."""
    variables = {**os.environ, **stack["variables"], "PLUMBLINE_THREADS": str(threads)}
    for library in ("OMP", "OPENBLAS", "MKL"):
        variables[library + "_NUM_THREADS"] = str(threads)
    return variables
