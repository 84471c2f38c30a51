"""Runs the real program and looks at standard output, standard error and exit code apart."""

import json
import os
import subprocess
from pathlib import Path

import numpy as np
import pytest

PROJECT = Path(__file__).resolve().parents[2]
PROGRAM = Path(os.environ.get("PLUMBLINE_PROGRAM", PROJECT / "build" / "release" / "bin" / "plumbline"))
BAD_WORKER = PROJECT / "tests" / "bad_workers" / "bad_worker.py"

STUDY = """question = "Does it learn?"
data = ["./digits.npz"]
seeds = {seeds}
stacks = [{stacks}]
trial_timeout_seconds = {timeout}

[network]
input = [8, 8, 1]
layers = [
  {{ conv2d = 4, kernel = 3, padding = "same", activation = "relu" }},
  {{ max_pool = 2 }},
  {{ flatten = true }},
  {{ dropout = 0.25 }},
  {{ dense = 4 }},
]

[recipe]
loss = "softmax_cross_entropy"
optimizer = {{ adam = {{ learning_rate = 0.01 }} }}
batch = 20
epochs = {epochs}
"""


def pytest_addoption(parser):
    parser.addoption("--full", action="store_true", help="run the long tests too")


def pytest_configure(config):
    config.addinivalue_line("markers", "long: only with --full")


def pytest_collection_modifyitems(config, items):
    if not config.getoption("--full"):
        for item in items:
            if item.get_closest_marker("long"):
                item.add_marker(pytest.mark.skip(reason="a long test; ./test --full runs it"))


def write_digits(path, images=200, tests=80):
    """Four classes, told apart by which quarter of an 8x8 image is bright."""
    random = np.random.default_rng(1)

    def split(count):
        labels = np.arange(count) % 4
        pixels = random.integers(0, 60, (count, 8, 8), dtype=np.uint8)
        for image, label in zip(pixels, labels):
            row, column = 4 * (label // 2), 4 * (label % 2)
            image[row : row + 4, column : column + 4] += 120
        return pixels, labels

    x_train, y_train = split(images)
    x_test, y_test = split(tests)
    np.savez(path, x_train=x_train, y_train=y_train, x_test=x_test, y_test=y_test)


class Workplace:
    """A folder with a small data set, where the program is run."""

    def __init__(self, folder):
        self.folder = folder
        self.environment = dict(os.environ)
        write_digits(folder / "digits.npz")

    def study(self, name="small", stacks=("native",), seeds=1, epochs=3, timeout=120, more=""):
        quoted = ", ".join('"%s"' % stack for stack in stacks)
        text = STUDY.format(stacks=quoted, seeds=seeds, epochs=epochs, timeout=timeout) + more
        (self.folder / (name + ".toml")).write_text(text)
        return name + ".toml"

    def bad_stack(self, mode):
        """A stack whose worker misbehaves in one way (tests/bad_workers); returns its name in a study."""
        name = "bad_" + mode.replace(":", "_")
        folder = self.folder / name
        folder.mkdir()
        (folder / "stack.toml").write_text(
            'name = "%s"\nframework = "none"\ncommand = ["python3", "%s"]\n[environment]\nBAD_WORKER_MODE = "%s"\n'
            % (name, BAD_WORKER, mode)
        )
        return "./" + name

    def command(self, *arguments):
        return [str(PROGRAM), *arguments]

    def run(self, *arguments, timeout=300, **variables):
        return subprocess.run(
            self.command(*arguments),
            cwd=self.folder,
            env={**self.environment, **variables},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=timeout,
        )

    def start(self, *arguments, **variables):
        return subprocess.Popen(
            self.command(*arguments),
            cwd=self.folder,
            env={**self.environment, **variables},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def run_json(self, *arguments, **options):
        finished = self.run("run", *arguments, "--json", **options)
        assert finished.stdout, finished.stderr
        return finished, json.loads(finished.stdout)


@pytest.fixture
def workplace(tmp_path):
    return Workplace(tmp_path)
