"""The stacks to test: all that `plumbline list stacks` calls ready, or those that PLUMBLINE_TEST_STACKS names."""

import json
import os
import subprocess
import tempfile
from functools import lru_cache
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[2]
PROGRAM = Path(os.environ.get("PLUMBLINE_PROGRAM", PROJECT / "build" / "release" / "bin" / "plumbline"))
THREADS = "2"


@lru_cache(maxsize=None)
def shipped_stacks():
    """{name: what the program tells of it}."""
    listed = subprocess.run([PROGRAM, "list", "stacks", "--json"], check=True, stdout=subprocess.PIPE).stdout
    return {stack["stack"]: stack for stack in json.loads(listed.decode())["stacks"]}


def stacks_under_test():
    """{name: what the program tells of it}."""
    wanted = os.environ.get("PLUMBLINE_TEST_STACKS", "").split()
    return {
        name: stack
        for name, stack in shipped_stacks().items()
        if stack["state"] == "ready" and (not wanted or name in wanted)
    }


def command_of(name, stack, threads=THREADS):
    """The command and the environment of a stack's worker, as docs/protocol.md has them."""
    home = Path(tempfile.gettempdir()) / "plumbline-test-home" / name
    home.mkdir(parents=True, exist_ok=True)
    environment = {"PATH": os.environ["PATH"], "LANG": "C.UTF-8", "TZ": "UTC", "HOME": str(home), "TMPDIR": str(home)}
    for variable in ("PLUMBLINE", "OMP_NUM", "OPENBLAS_NUM", "MKL_NUM", "NUMEXPR_NUM", "TF_NUM_INTRAOP"):
        environment[f"{variable}_THREADS"] = threads
    environment["PLUMBLINE_CACHE"] = str(home)
    environment.update(stack["variables"])
    return stack["command"], environment
