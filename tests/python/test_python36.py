"""What Python adapters share, under Python 3.6 and NumPy 1.16, where ./test found such a Python."""

import os
import subprocess
from pathlib import Path

import pytest

FOLDER = Path(__file__).resolve().parent
SHARED = ["test_channel.py", "test_report.py", "test_tensors.py", "test_worker.py"]


def test_what_adapters_share_runs_under_python_36():
    python = os.environ.get("PLUMBLINE_PYTHON36")
    if not python:
        pytest.skip("There is no Python 3.6 with NumPy and pytest here.")
    version = "import sys, numpy; assert sys.version_info[:2] == (3, 6) and numpy.__version__.startswith('1.16.')"
    subprocess.run([python, "-c", version], check=True)
    command = [python, "-m", "pytest", "-q", "-p", "no:cacheprovider", *(str(FOLDER / name) for name in SHARED)]
    # Naming no stack keeps the tests of stacks, which need the program and newer Pythons, out of it.
    environment = {**os.environ, "PLUMBLINE_TEST_STACKS": "none", "PYTHONDONTWRITEBYTECODE": "1"}
    finished = subprocess.run(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    assert finished.returncode == 0, finished.stdout.decode()
