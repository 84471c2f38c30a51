"""Follows docs/adding_a_stack.md to the letter: its files are written, its commands are run, in their order."""

import re
import shlex
import sqlite3
import subprocess
from pathlib import Path

import pytest
from conftest import PROGRAM, PROJECT

FASHION_MNIST = Path("/usr/share/datasets/fashion-mnist")
GUIDE = PROJECT / "docs" / "adding_a_stack.md"
FENCE = re.compile(r"^```(\w+) (file=\S+|run)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def follow(folder, environment):
    """Does what the guide says and returns what each command printed."""
    outputs = []
    for language, what, text in FENCE.findall(GUIDE.read_text()):
        if what == "run":
            outputs.append(run(text, folder, environment))
            continue
        path = folder / what[len("file=") :]
        path.parent.mkdir(exist_ok=True)
        path.write_text(text)
        if language == "sh":
            path.chmod(0o755)
    return outputs


def run(commands, folder, environment):
    script = 'set -e\nplumbline() { %s "$@"; }\n%s' % (shlex.quote(str(PROGRAM)), commands)
    finished = subprocess.run(
        ["bash", "-c", script], cwd=folder, env=environment, capture_output=True, text=True, timeout=900
    )
    assert finished.returncode == 0, finished.stdout + finished.stderr
    return finished.stdout


@pytest.mark.skipif(
    not FASHION_MNIST.exists(), reason="Fashion-MNIST's Debian package dataset-fashion-mnist is not installed"
)
def test_the_guide_works_to_the_letter(workplace):
    follow(workplace.folder, workplace.environment)
    with sqlite3.connect(workplace.folder / "small.results.sqlite") as database:
        rows = database.execute("SELECT stack, mode, outcome, accuracy, final_loss FROM trial").fetchall()
    assert {row[0] for row in rows} == {"numpy_softmax", "cpp_softmax", "native"}
    assert all(outcome == "trained" and accuracy > 0.7 for _, _, outcome, accuracy, _ in rows), rows
    losses = [loss for _, mode, _, _, loss in rows if mode == "controlled"]
    assert len(losses) == 3
    # The same arithmetic in three programs: 200 steps of float32 rounding, nothing more.
    assert max(losses) - min(losses) < 1e-4
